// npm run check: format and lint, types, unused code, sizes. Prints a line for each; exit 1 if one fails.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { transformSync } from "esbuild";
import { root, run } from "./npm.mjs";

const node = (script, ...args) => run(process.execPath, [join(root, "node_modules", script), ...args]);

/** Largest allowed size by gzip, minified, in bytes. */
const BUDGETS = {
  "dist/index.js": 73_000,
  "dist/sources/index.js": 36_000,
  "dist/charts/index.js": 21_000,
  "dist/lab/lab.js": 60_000,
  "dist/lab/engine.js": 50_000,
  "dist/widget.js": 112_640,
};
const MOST_LINES = 350;

function sizes() {
  const tooLarge = Object.entries(BUDGETS).flatMap(([file, budget]) => {
    const { code } = transformSync(readFileSync(join(root, file), "utf8"), { minify: true, format: "esm" });
    const size = gzipSync(code).length;
    process.stdout.write(`  ${file}: ${size} of ${budget} bytes (minified, gzip)\n`);
    return size > budget ? [`${file} has ${size} bytes`] : [];
  });
  const tooLong = readdirSync(join(root, "src"), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [name, readFileSync(join(root, "src", name), "utf8").split("\n").length])
    .filter(([, lines]) => lines > MOST_LINES)
    .map(([name, lines]) => `src/${name} has ${lines} lines`);
  for (const problem of [...tooLarge, ...tooLong]) process.stdout.write(`  too large: ${problem}\n`);
  return tooLarge.length + tooLong.length === 0;
}

const checks = {
  "format and lint": () =>
    node(
      "@biomejs/biome/bin/biome",
      "ci",
      "--error-on-warnings",
      ...(process.stdout.isTTY ? [] : ["--colors=off"]),
    ),
  types: () => node("typescript/bin/tsc", "-p", "tsconfig.json"),
  "unused code": () => node("knip/bin/knip.js", "--no-progress"),
  wasm: () => run(process.execPath, ["scripts/assembly.mjs", "--check"]),
  build: () => run(process.execPath, ["scripts/build.mjs"]),
  sizes,
};

/** Runs every check; returns how many passed and failed. */
export function check() {
  let [passed, failed] = [0, 0];
  for (const [name, holds] of Object.entries(checks)) {
    const ok = holds();
    process.stdout.write(`check ${name}: ${ok ? "ok" : "FAILED"}\n`);
    if (ok) passed++;
    else failed++;
  }
  return { passed, failed };
}

if (process.argv[1]?.endsWith("check.mjs") && check().failed > 0) process.exit(1);
