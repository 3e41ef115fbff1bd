// npm run check: format and lint, types, unused code, build, sizes, the package. Prints a line for each; exit 1 if one fails.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync, transformSync } from "esbuild";
import { npm, root, run } from "./npm.mjs";

const node = (script, ...args) => run(process.execPath, [join(root, "node_modules", script), ...args]);

/** Largest allowed size by gzip, minified, in bytes. */
const BUDGETS = {
  "dist/index.js": 111_000,
  "dist/sources/index.js": 40_000,
  "dist/charts/index.js": 21_000,
  "dist/widget.mjs": 137_000,
};
/** Largest allowed sizes of the package, in bytes: as it is downloaded, and as it is installed. */
const PACKAGE = { size: 2_800_000, unpackedSize: 6_300_000 };
/** The page and everything that its first picture needs, by gzip. */
const FIRST_LOAD = 106 * 1024;
const MOST_LINES = 350;

const gzipped = (content) => gzipSync(content, { level: 9 }).length;

/** The files of the lab that are read before the first picture: what its script imports at once, and the engine. */
function firstLoad() {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ["dist/lab/lab.js"],
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "out",
    write: false,
    metafile: true,
    ignoreAnnotations: true,
  });
  const files = new Set(["dist/lab/index.html", "dist/lab/lab.css"]);
  const add = (file) => {
    if (files.has(file)) return;
    files.add(file);
    for (const { path, kind } of metafile.inputs[file].imports) if (kind === "import-statement") add(path);
  };
  add("dist/lab/lab.js");
  add(Object.keys(metafile.inputs).find((file) => file.startsWith("dist/lab/engine")));
  return [...files];
}

function sizes() {
  const by = "minified, gzip";
  const tooLarge = Object.entries(BUDGETS).flatMap(([file, budget]) => {
    const text = readFileSync(join(root, file), "utf8");
    const shipped = file === "dist/widget.mjs"; // others are made small by whoever bundles them
    const { code } = shipped ? { code: text } : transformSync(text, { minify: true, format: "esm" });
    return weigh(file, gzipped(code), budget, by);
  });
  const page = firstLoad().reduce((sum, file) => sum + gzipped(readFileSync(join(root, file))), 0);
  tooLarge.push(...weigh("the lab's first load", page, FIRST_LOAD, by));
  const tooLong = readdirSync(join(root, "src"), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [name, readFileSync(join(root, "src", name), "utf8").split("\n").length])
    .filter(([, lines]) => lines > MOST_LINES)
    .map(([name, lines]) => `src/${name} has ${lines} lines`);
  for (const problem of [...tooLarge, ...tooLong]) process.stdout.write(`  too large: ${problem}\n`);
  return tooLarge.length + tooLong.length === 0;
}

/** Prints a size beside its budget; returns what is wrong with it, if anything. */
function weigh(what, size, budget, by) {
  process.stdout.write(`  ${what}: ${size} of ${budget} bytes (${by})\n`);
  return size > budget ? [`${what} has ${size} bytes`] : [];
}

/** The tarball that would be published: what publint and attw say of it, and its sizes. */
function packed() {
  const folder = mkdtempSync(join(tmpdir(), "ell2-pack-"));
  try {
    // without its scripts, which would build once more
    const options = ["--ignore-scripts", "--json", "--pack-destination", folder];
    const [tarball] = Object.values(JSON.parse(npm(["pack", ...options])));
    const file = join(folder, tarball.filename);
    const tooLarge = Object.entries(PACKAGE).flatMap(([by, budget]) =>
      weigh("the package", tarball[by], budget, by === "size" ? "packed" : "unpacked"),
    );
    for (const problem of tooLarge) process.stdout.write(`  too large: ${problem}\n`);
    const clean =
      node("publint/src/cli.js", "run", file, "--strict") &
      node(
        "@arethetypeswrong/cli/dist/index.js",
        file,
        "--profile",
        "esm-only",
        "--format",
        "ascii",
        "--no-color",
        "--no-summary",
      );
    return clean === 1 && tooLarge.length === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  package: packed,
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
