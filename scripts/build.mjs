// Builds dist/: the library, its charts, its readers of files, the command line, the lab and its widget, and types.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildLab } from "./lab.mjs";
import { buildTypes } from "./types.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
rmSync("dist", { recursive: true, force: true });

const shared = { bundle: true, format: "esm", target: "es2023", logLevel: "warning", keepNames: true };
// neutral: a use of Node or of the page in the library fails the build
await build({ ...shared, entryPoints: ["src/index.ts"], platform: "neutral", outfile: "dist/index.js" });
// a thread of the pool
await build({
  ...shared,
  entryPoints: ["src/kernels/worker.ts"],
  platform: "neutral",
  outfile: "dist/worker.js",
});
const node = { ...shared, platform: "node", external: ["@duckdb/node-api", "pg", "pgpass", "trino-client"] };
// these give and throw the library's own classes, not copies of them
const fromLibrary = {
  name: "from-library",
  setup({ initialOptions, onResolve }) {
    const path = `${"../".repeat(initialOptions.outfile.split("/").length - 2) || "./"}index.js`;
    onResolve({ filter: /^\.\.\/(compare|data|errors|linalg)/ }, () => ({ path, external: true }));
  },
};
const charts = await build({
  ...shared,
  entryPoints: ["src/charts/index.ts"],
  platform: "neutral",
  mainFields: ["module", "main"], // of d3's packages
  outfile: "dist/charts/index.js",
  metafile: true,
  plugins: [fromLibrary],
});
await build({
  ...node,
  entryPoints: ["src/sources/index.ts"],
  outfile: "dist/sources/index.js",
  plugins: [fromLibrary],
});
const cli = await build({
  ...node,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/cli.js",
  metafile: true,
  minifySyntax: true,
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
});
// where a learner's rule runs: it may import "ell2", whose Matrix is then the one that is checked
await build({
  ...node,
  entryPoints: ["src/cli/checkWorker.ts"],
  outfile: "dist/checkWorker.js",
  plugins: [fromLibrary],
});
chmodSync("dist/cli.js", 0o755);
writeFileSync("dist/LICENSES.txt", licenses([charts, cli, ...(await buildLab())]));
await buildTypes();

/** The licences of the packages whose code is in the bundles. */
function licenses(builds) {
  const files = builds.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0),
    ),
  );
  const names = files.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(1) ?? []);
  return [...new Set(names)]
    .sort()
    .map((name) => {
      const folder = join("node_modules", name);
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${name} is bundled, and has no licence`);
      return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    })
    .join("\n\n");
}
