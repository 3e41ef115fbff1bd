// Bundles the lab: dist/lab/ as static files with relative addresses, and dist/widget.mjs in one piece.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build, transform } from "esbuild";
import katex from "katex";
import { minify } from "terser";

/** d3's scales bring colours, dates and formats, which no chart uses: numbers alone are interpolated. */
const NUMBERS_ALONE = {
  name: "numbers-alone",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^d3-(interpolate|format|time|time-format)$/ }, ({ path }) => ({
      path,
      namespace: "numbers-alone",
    }));
    onLoad({ filter: /.*/, namespace: "numbers-alone" }, ({ path }) => ({
      contents:
        path === "d3-interpolate"
          ? "const number = (a, b) => (t) => a * (1 - t) + b * t; module.exports = { interpolate: number, interpolateNumber: number };"
          : "module.exports = {};",
    }));
  },
};

/** uPlot brings steps, bars, splines and axes of dates, and the lab draws lines over numbers. */
const LINES_ALONE = {
  name: "lines-alone",
  setup({ onLoad }) {
    onLoad({ filter: /uPlot\.esm\.js$/ }, ({ path }) => {
      const whole = readFileSync(path, "utf8");
      const contents = whole
        .replace(/\(paths\.(stepped|bars|spline) *= \w+\);/g, "")
        .replace(/= genTimeStuffs\([^)]*\);/g, "= [[], [], () => null];");
      if (whole.length - contents.length < 60 || contents.includes("= genTimeStuffs("))
        throw new Error("uPlot names its parts in another way now");
      return { contents };
    });
  },
};

/** The lab's engine is a thread of its own, and starts no others. */
const ONE_THREAD = {
  name: "one-thread",
  setup({ onLoad }) {
    const alone = {
      pool: "export const threadCount = () => 1, share = null, post = null, startThreads = null, stopThreads = null;",
      gatherAhead: "export const GatherAhead = { over: () => null };",
    };
    onLoad({ filter: /src[\\/]kernels[\\/](pool|gatherAhead)\.ts$/ }, ({ path }) => ({
      contents: alone[/(\w+)\.ts$/.exec(path)[1]],
    }));
  },
};

/** The lab's rows are numbers: no category is kept as levels. */
const NO_LEVELS = {
  name: "no-levels",
  setup({ onLoad }) {
    const absent = {
      levelProblem: "export const LevelProblem = null;",
      levelPath: "export const levelFits = null;",
    };
    onLoad({ filter: /src[\\/]fit[\\/](levelProblem|levelPath)\.ts$/ }, ({ path }) => ({
      contents: absent[/(\w+)\.ts$/.exec(path)[1]],
    }));
  },
};

const shared = {
  bundle: true,
  format: "esm",
  target: "es2023",
  minify: true,
  logLevel: "warning",
  // by the package's own name, from its source: what the lab does not use is left out
  alias: { ell2: "./src/index.ts", "ell2/charts": "./src/charts/index.ts" },
  metafile: true,
};

/** Formulas as MathML without their source, so that no text of TeX is read out. */
function formulas() {
  const all = JSON.parse(readFileSync("lab/formulas.json", "utf8"));
  const toMathml = (tex) => {
    const html = katex.renderToString(tex, { output: "mathml", displayMode: true, strict: "error" });
    return /<math[\s\S]*<\/math>/.exec(html)[0].replace(/<annotation[\s\S]*?<\/annotation>/, "");
  };
  return Object.fromEntries(Object.entries(all).map(([name, tex]) => [name, toMathml(tex)]));
}

/** PyTorch's notebook without what no comparison reads: its rows, the losses of its batches, the parameters on its way. */
function recordedNotebook() {
  const trace = JSON.parse(readFileSync("golden/traces/notebook.json", "utf8"));
  const { data: _rows, losses: _losses, scratch: _scratch, ...kept } = trace;
  return JSON.stringify({ ...kept, parameters: trace.parameters.slice(-1) });
}

/** The document in which a reader's rule runs: without an origin (the frame's sandbox), and without any address. */
const sandboxOf = (script) =>
  `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:"><script>${script}</script>`;

/** What esbuild has made, smaller still; a script keeps its global names. */
const smaller = async (code, module = true) =>
  (await minify(code, { module, ecma: 2022, compress: { passes: 3, sequences: false } })).code;

/** Builds both; returns what was bundled, for the licences. */
export async function buildLab() {
  const engine = await build({
    ...shared,
    entryPoints: ["lab/worker.ts"],
    // a script: the page makes a module of it, and the sandbox runs it before a rule
    format: "iife",
    globalName: "ell2",
    plugins: [ONE_THREAD, NO_LEVELS],
    platform: "neutral",
    write: false,
    outdir: ".",
  });
  const { code: script } = await transform(readFileSync("lab/sandbox.ts", "utf8"), {
    loader: "ts",
    minify: true,
  });
  const { code: style } = await transform(readFileSync("lab/lab.css", "utf8"), {
    loader: "css",
    minify: true,
  });
  const texts = {
    engine: { contents: await smaller(engine.outputFiles[0].text, false), loader: "text" },
    sandbox: { contents: sandboxOf(script.trim()), loader: "text" },
    style: { contents: style, loader: "text" },
    pytorch: { contents: recordedNotebook(), loader: "text" },
    formulas: { contents: JSON.stringify(formulas()), loader: "json" },
  };
  const virtual = {
    name: "lab",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^lab:/ }, ({ path }) => ({ path: path.slice(4), namespace: "lab" }));
      onLoad({ filter: /.*/, namespace: "lab" }, ({ path }) => texts[path]);
    },
  };
  const page = {
    ...shared,
    platform: "browser",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [virtual, NUMBERS_ALONE, LINES_ALONE],
  };
  mkdirSync("dist/lab", { recursive: true });
  // what is not in the first picture comes later
  const site = await build({
    ...page,
    entryPoints: { lab: "lab/page.tsx" },
    outdir: "dist/lab",
    splitting: true,
    chunkNames: "[name]-[hash]",
  });
  const widget = await build({ ...page, entryPoints: ["lab/widget.tsx"], outfile: "dist/widget.mjs" });
  for (const path of [site, widget].flatMap(({ metafile }) => Object.keys(metafile.outputs)))
    writeFileSync(path, await smaller(readFileSync(path, "utf8")));
  writeFileSync("dist/lab/lab.css", style);
  const hash = createHash("sha256").update(script.trim()).digest("base64");
  writeFileSync(
    "dist/lab/index.html",
    readFileSync("lab/index.html", "utf8").replace("'sha256-sandbox'", `'sha256-${hash}'`),
  );
  mkdirSync("dist/types", { recursive: true });
  copyFileSync("lab/types.d.ts", "dist/types/widget.d.mts");
  return [engine, site, widget];
}
