/** What the documents say is what happens. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { renewed } from "../../scripts/certificate.mjs";
import { ERROR_CODES } from "../../src/errors.js";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [
  "README.md",
  "examples/README.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
];

interface Snippet {
  page: string;
  line: number;
  language: string;
  code: string;
}

const snippets: Snippet[] = pages.flatMap((page) => {
  const text = read(page);
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    page,
    line: text.slice(0, index).split("\n").length,
    language: language!,
    code: code!,
  }));
});
const written = (language: string) => snippets.filter((snippet) => snippet.language === language);

const folder = mkdtempSync(join(tmpdir(), "ell2-docs-"));
cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
mkdirSync(join(folder, "node_modules"));
symlinkSync(root, join(folder, "node_modules/ell2"), "junction");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the documents", () => {
  it("have snippets to run", () => {
    expect(written("ts").length).toBeGreaterThanOrEqual(3);
    expect(written("sh").length).toBeGreaterThanOrEqual(1);
  });

  it.each(written("ts"))("print what they say: $page, line $line", ({ code, line }) => {
    const file = join(folder, `snippet-${line}.mts`);
    writeFileSync(file, code);
    const outfile = join(folder, `snippet-${line}.mjs`);
    buildSync({
      entryPoints: [file],
      outfile,
      bundle: true,
      format: "esm",
      alias: { ell2: join(root, "dist/index.js") },
      logLevel: "error",
    });
    const printed = execFileSync(process.execPath, [outfile], { encoding: "utf8" });
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!);
    expect(promised.length).toBe(code.split("console.log(").length - 1);
    expect(printed.trim().split("\n")).toEqual(promised);
  });

  it.each(written("ts"))("have snippets of the right types: $page, line $line", ({ code, line }) => {
    const file = join(root, `test/docs/.snippet-${process.pid}-${line}.ts`);
    const config = join(root, `test/docs/.tsconfig-${process.pid}-${line}.json`);
    writeFileSync(file, code);
    writeFileSync(
      config,
      JSON.stringify({ extends: "../../tsconfig.json", include: [], files: [file], compilerOptions: {} }),
    );
    try {
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const { stdout } = spawnSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
      expect(stdout).toBe("");
    } finally {
      rmSync(file);
      rmSync(config);
    }
  });

  it.each(written("sh"))("have commands that run: $page, line $line", ({ code }) => {
    for (const line of code.trim().split("\n")) {
      const [command, exit = "0"] = line.split(" # exit ");
      const [program, ...args] = command!.split(" ");
      expect(program).toMatch(/^(ell2|node)$/);
      const cli = program === "ell2" ? [join(root, "dist/cli.js")] : [];
      const { status, stderr } = spawnSync(process.execPath, [...cli, ...args], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(status, `${command}\n${stderr}`).toBe(Number(exit));
    }
  });

  it("run every example, and programs print what their comments say", () => {
    const commands = written("sh")
      .filter(({ page }) => page === "examples/README.md")
      .map(({ code }) => code)
      .join("");
    const examples = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" });
    // the page is opened by test/package, the widget by test/browser, the notebook's cells run beside this
    const files = examples
      .map((name) => name.replaceAll("\\", "/"))
      .filter((name) => /[.](?!md|html|ipynb)/.test(name) && !name.startsWith("widget/"));
    expect(files.filter((name) => !commands.includes(`examples/${name}`))).toEqual([]);
    for (const name of files.filter((each) => each.endsWith(".mjs"))) {
      const promised = [...read(`examples/${name}`).matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(
        ([, text]) => text,
      );
      expect(promised.length).toBeGreaterThan(0);
      const printed = execFileSync(process.execPath, [`examples/${name}`], { cwd: folder, encoding: "utf8" });
      expect(printed.trim().split("\n")).toEqual(promised);
    }
  });

  it("show in the README what npm start prints, line by line", () => {
    const printed = execFileSync(process.execPath, [join(root, "dist/cli.js"), "run"], {
      encoding: "utf8",
    }).split("\n");
    const shown = written("text").find(({ code }) => code.startsWith("1.4 - Weight Decay"))!;
    let at = 0;
    for (const line of shown.code
      .trim()
      .split("\n")
      .filter((text) => text !== "…")) {
      at = printed.indexOf(line, at);
      expect(at, `not printed, or not in this order: ${line}`).toBeGreaterThanOrEqual(0);
    }
  });

  it("have a section for every error code, and none besides", () => {
    const sections = [...read("docs/errors.md").matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual([...ERROR_CODES]);
  });

  it("show the certificate as it is observed", () => {
    expect(read("docs/verification.md")).toBe(renewed());
  });

  it("list every break on purpose", () => {
    const listed = [
      ...read("docs/verification.md").matchAll(
        /^\| (?:parity|streams|ridge|digits|gradients|sums|pieces)[^|]*\| ([^|]*?) *\|/gm,
      ),
    ];
    const made = [...read("test/breaks/breaks.test.ts").matchAll(/what: "([^"]*)"/g)];
    expect(listed.map(([, what]) => what)).toEqual(made.map(([, what]) => what));
  });

  it("have links that lead somewhere", () => {
    for (const page of [...pages, "CONTRIBUTING.md", "golden/README.md"]) {
      for (const [, target] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        expect(() => read(join(page, "..", target!)), `${page}: ${target}`).not.toThrow();
      }
    }
  });
});
