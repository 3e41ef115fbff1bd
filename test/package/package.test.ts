/** The package as others get it: packed, installed in an empty project, and used in every way that it promises. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as charts from "../../src/charts/index.js";
import * as ell2 from "../../src/index.js";
import { launch, openPage } from "../browser/browse.js";
import { root, temporaryFolder } from "../cli/help.js";
import { compute } from "./program.mjs";

const here = import.meta.dirname;
const folder = temporaryFolder();
const project = join(folder, "project");
const installed = join(project, "node_modules/ell2");
const npm = (args: string[], cwd: string) =>
  execFileSync("npm", [...args, "--offline", "--cache", join(folder, "cache")], { cwd, encoding: "utf8" });
const put = (path: string, text: string) => writeFileSync(join(project, path), text);
const node = (...args: string[]) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
  return { stdout: stdout.trim(), stderr, status };
};
const expected = compute(ell2, charts);

let packed: { filename: string; size: number; unpackedSize: number; files: { path: string }[] };

beforeAll(() => {
  // without its scripts: dist/ is built, and other tests are reading it
  const printed = npm(["pack", root, "--ignore-scripts", "--json", "--pack-destination", folder], folder);
  [packed] = Object.values(JSON.parse(printed));
  mkdirSync(project);
  put("package.json", JSON.stringify({ name: "project", private: true, type: "module" }));
  npm(["install", join(folder, packed.filename), "--omit=optional", "--no-audit", "--no-fund"], project);
  copyFileSync(join(here, "program.mjs"), join(project, "program.mjs"));
}, 180_000);

describe("the package holds", () => {
  it("what it needs, and nothing of how it is made", () => {
    const paths = packed.files.map(({ path }) => path);
    process.stdout.write(
      `  tarball ${packed.size} bytes, unpacked ${packed.unpackedSize}, ${paths.length} files\n`,
    );
    expect(
      paths.filter((path) => !/^(dist|docs|examples|golden)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path)),
    ).toEqual([]);
    expect(paths.filter((path) => /\.(map|tsx?|test\..*)$/.test(path.replace(/\.d\.m?ts$/, "")))).toEqual([]);
    for (const path of ["LICENSE", "README.md", "CHANGELOG.md", "dist/LICENSES.txt", "dist/worker.js"])
      expect(paths).toContain(path);
  });

  it("no script that runs when it is installed, and nothing that must be installed with it", () => {
    const { scripts, dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(
      Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare|uninstall)$/.test(name)),
    ).toEqual([]);
    expect(dependencies).toBeUndefined();
  });
});

describe("Node", () => {
  it("imports it", () => {
    put(
      "esm.mjs",
      `import * as ell2 from "ell2"; import * as charts from "ell2/charts"; import * as sources from "ell2/sources";
      import widget from "ell2/widget"; import { compute } from "./program.mjs";
      if (typeof sources.momentsOf !== "function" || typeof widget.render !== "function") throw new Error("missing");
      console.log(compute(ell2, charts));`,
    );
    expect(node("esm.mjs")).toEqual({ stdout: expected, stderr: "", status: 0 });
  });

  it("requires it from CommonJS", () => {
    put(
      "commonjs.cjs",
      `const { compute } = require("./program.mjs"); const { version } = require("ell2/package.json");
      require("ell2/sources"); require("ell2/widget");
      console.log(version + compute(require("ell2"), require("ell2/charts")));`,
    );
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    // Node 20 warns of require of ES modules outside node_modules, which program.mjs is
    expect(node("--no-warnings", "commonjs.cjs")).toEqual({
      stdout: version + expected,
      stderr: "",
      status: 0,
    });
  });

  it("says which part is missing where DuckDB was not installed", () => {
    put(
      "sources.mjs",
      `import { Ell2Error } from "ell2"; import { readNames } from "ell2/sources";
      await readNames("rows.csv").catch((error) => console.log(error instanceof Ell2Error, error.code));`,
    );
    expect(node("sources.mjs").stdout).toBe("true MISSING_PART");
  });

  it("has the command, which brings the recorded PyTorch along", () => {
    const run = (...args: string[]) => {
      const options = { cwd: project, encoding: "utf8", shell: process.platform === "win32" } as const;
      return execFileSync(join(project, "node_modules/.bin/ell2"), args, options);
    };
    expect(run("run")).toContain("1.4 - Weight Decay");
    expect(run("verify")).toContain("certificate holds");
    expect(run("check", join(installed, "examples/update.js"))).toContain("agrees with the reference");
  });
});

describe("TypeScript", () => {
  const tsc = (name: string, files: object, compilerOptions: object) => {
    const config = {
      compilerOptions: {
        target: "es2023",
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        types: [],
        ...compilerOptions,
      },
      ...files,
    };
    put(`tsconfig.${name}.json`, JSON.stringify(config));
    return node(join(root, "node_modules/typescript/bin/tsc"), "-p", `tsconfig.${name}.json`).stdout;
  };
  const consumer = { files: ["consumer.mts"] };
  beforeAll(() => copyFileSync(join(here, "consumer.mts"), join(project, "consumer.mts")));

  it.each([
    ["node16", { module: "node16" }],
    ["bundler", { module: "preserve", moduleResolution: "bundler" }],
    [
      "nodenext, exact",
      { module: "nodenext", exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ],
  ])("has its types: %s", (name, options) => {
    expect(tsc(name, consumer, options)).toBe("");
  });

  it("has its types in CommonJS", () => {
    put(
      "consumer.cts",
      `import ell2 = require("ell2");
      export const model: ell2.LinearRegression = new ell2.LinearRegression(2, 1);`,
    );
    expect(tsc("commonjs", { files: ["consumer.cts"] }, { module: "nodenext" })).toBe("");
  });

  it("finds every file of types whole, and whatever they import", () => {
    const files = { include: ["node_modules/ell2/dist/types/**/*"], exclude: [] };
    expect(tsc("types", files, { module: "nodenext" })).toBe("");
  });
});

describe("a browser", () => {
  let browser: Browser;
  let server: Server;
  let served = project;
  beforeAll(async () => {
    server = createServer(({ url = "/" }, response) => {
      const path = join(served, normalize(url.split("?")[0]!));
      const file = existsSync(path) && extname(path) !== "" ? path : null;
      const type = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" };
      response.writeHead(file ? 200 : 404, {
        "Content-Type": type[extname(path) as keyof typeof type] ?? "application/octet-stream",
        // without them a page has no shared memory, and so no threads
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      });
      response.end(file && readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const show = async (path: string) => {
    const { port } = server.address() as AddressInfo;
    const { page, messages, outside } = await openPage(browser, `http://127.0.0.1:${port}/${path}`);
    await page.waitForFunction("globalThis.done !== undefined");
    const done = await page.evaluate("globalThis.done");
    await page.close();
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
    return done;
  };
  const html = (body: string) => `<!doctype html><link rel="icon" href="data:,"><title>page</title>${body}`;

  it("computes the same bits in a page without any build", async () => {
    put(
      "plain.html",
      html(`<script type="module">
        import * as ell2 from "./node_modules/ell2/dist/index.js";
        import * as charts from "./node_modules/ell2/dist/charts/index.js";
        import { compute } from "./program.mjs";
        globalThis.done = compute(ell2, charts);
      </script>`),
    );
    expect(await show("plain.html")).toBe(expected);
  });

  it("draws in the page of examples/", async () => {
    copyFileSync(join(installed, "examples/page.html"), join(project, "page.html"));
    const { port } = server.address() as AddressInfo;
    const { page, messages, outside } = await openPage(browser, `http://127.0.0.1:${port}/page.html`);
    await page.waitForSelector("svg");
    expect(await page.textContent("svg")).toContain("Full-batch training");
    await page.close();
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
  });

  it("computes the same bits in a page that Vite built, and in its threads", async () => {
    put(
      "index.html",
      html(`<script type="module">
        import * as ell2 from "ell2";
        import * as charts from "ell2/charts";
        import { compute } from "./program.mjs";
        const worker = new Worker(new URL("./threads.js", import.meta.url), { type: "module" });
        worker.onmessage = ({ data }) => {
          globalThis.done = { page: compute(ell2, charts), ...data };
        };
      </script>`),
    );
    put(
      "threads.js",
      `import { Matrix, Moments, Dataset, random, startThreads, stopThreads } from "ell2";
      const draw = new random.NumPy(14);
      const data = new Dataset({
        X: new Matrix(100_001, 20, draw.randomSample(2_000_020)),
        Y: new Matrix(100_001, 1, draw.randomSample(100_001)),
      });
      const alone = JSON.stringify(Moments.of(data));
      const threads = await startThreads(2);
      const same = JSON.stringify(Moments.of(data)) === alone;
      await stopThreads();
      postMessage({ threads, same });`,
    );
    await build({
      root: project,
      base: "./",
      logLevel: "error",
      worker: { format: "es" },
      build: { target: "es2023" },
    });
    served = join(project, "dist");
    expect(await show("index.html")).toEqual({ page: expected, threads: 2, same: true });
    served = project;
  });
});
