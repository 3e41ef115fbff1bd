/** Each gate must fail when the code behind it is broken on purpose; docs/verification.md lists the same breaks. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";

interface Break {
  /** What is broken, as docs/verification.md says it. */
  what: string;
  file: string;
  from: string;
  to: string;
}

type Gates = typeof import("./gates.js");

const root = join(import.meta.dirname, "../..");
const ridge = readFileSync(join(root, "golden/ridge.json"), "utf8");
const traces = readdirSync(join(root, "golden/traces")).map((name) =>
  readFileSync(join(root, "golden/traces", name), "utf8"),
);

const GATES: Record<string, { holds: (gates: Gates) => boolean; breaks: Break[] }> = {
  parity: {
    holds: ({ replays }) => replays(traces, ["training", "notebook"]),
    breaks: [
      {
        what: "the bias decayed",
        file: "model/objective.ts",
        from: "i++) out[i] = scale * sums[i]!;",
        to: "i++) out[i] = scale * sums[i]! + lambda * sums[i]!;",
      },
      {
        what: "λ forgotten",
        file: "model/objective.ts",
        from: "scale * sums[i]! + lambda * w[i]!",
        to: "scale * sums[i]!",
      },
      {
        what: "the last, smaller batch dropped",
        file: "model/rowBatches.ts",
        from: "this.count = Math.ceil(rows.X.rows / rows.batchSize);",
        to: "this.count = Math.max(1, Math.floor(rows.X.rows / rows.batchSize));",
      },
      {
        what: "dampening applied to the first step",
        file: "fit/momentum.ts",
        from: "velocity ?? gradient.slice()",
        to: "velocity ?? gradient.map((g) => (1 - dampening) * g)",
      },
      {
        what: "nn's weight decay doubled",
        file: "nn/sgd.ts",
        from: "g += weightDecay * p[i]!",
        to: "g += 2 * weightDecay * p[i]!",
      },
      {
        what: "Adam's bias correction left out",
        file: "nn/adam.ts",
        from: "lr / (1 - wholePower(beta1, state.t))",
        to: "lr",
      },
    ],
  },
  streams: {
    holds: ({ replays }) => replays(traces, ["stream", "dataset", "split"]),
    breaks: [
      {
        what: "NumPy's normal pairs the other way round",
        file: "random/numpy.ts",
        from: "this.#kept = f * x1;\n    return f * x2;",
        to: "this.#kept = f * x2;\n    return f * x1;",
      },
      {
        what: "the kept normal dropped by another call",
        file: "random/numpy.ts",
        from: "randomSample(n: number): Float64Array {",
        to: "randomSample(n: number): Float64Array {\n    this.#kept = Number.NaN;",
      },
      {
        what: "PyTorch's last 16 not drawn again",
        file: "random/torch.ts",
        from: "if (n % 16 !== 0)",
        to: "if (n % 16 > 99)",
      },
      {
        what: "nn.Linear without the fused multiply-add",
        file: "numbers/fma.ts",
        from: "return outer + oddSum(innerLow, low);",
        to: "return a * b + c;",
      },
      {
        what: "the columns' order drawn before the rows'",
        file: "data/makeRegression.ts",
        from: "const rows = generator.permutation(m);",
        to: "generator.permutation(n);\n    const rows = generator.permutation(m);",
      },
      {
        what: "the test rows rounded down",
        file: "data/split.ts",
        from: 'count("testSize", test, Math.ceil)',
        to: 'count("testSize", test, Math.floor)',
      },
    ],
  },
  "ridge regression beside scikit-learn": {
    holds: ({ ridgeAgrees }) => ridgeAgrees(ridge),
    breaks: [
      {
        what: "the fold that is held out not left out",
        file: "fit/heldOut.ts",
        from: "problem.without(indices, complement, solves)",
        to: "problem",
      },
      {
        what: "1/k forgotten in α",
        file: "fit/system.ts",
        from: "(lambda * weight * k) / 2",
        to: "(lambda * weight) / 2",
      },
      {
        what: "the bias's share of the leverage forgotten",
        file: "fit/leaveOneOut.ts",
        from: "system.intercept ? 1 / weight : 0",
        to: "0",
      },
      {
        what: "features centred although there is no bias",
        file: "fit/normalEquations.ts",
        from: "coordinates.intercept ? centred : aboutZero",
        to: "centred",
      },
      {
        what: "the larger folds last",
        file: "data/folds.ts",
        from: "fold < larger",
        to: "fold >= folds - larger",
      },
    ],
  },
  "digits beside exact arithmetic": {
    holds: ({ digitsHold }) => digitsHold(),
    breaks: [
      {
        what: "the rounding of products left out of the sums",
        file: "data/exactSums.ts",
        from: "const error = ul * vl - (product - uh * vh - ul * vh - uh * vl);",
        to: "const error = 0;",
      },
      {
        what: "the bias not counted among the degrees of freedom",
        file: "fit/inference.ts",
        from: "spread.df + (intercept ? 1 : 0)",
        to: "spread.df",
      },
      {
        what: "the penalty left out of the covariance",
        file: "fit/exactSolution.ts",
        from: "variance -= fixedProduct(product, penalty[t]!, BITS);",
        to: "",
      },
      {
        what: "the penalty counted as residuals",
        file: "fit/exactSolution.ts",
        from: "product -= penalty[i]! * value;",
        to: "",
      },
      {
        what: "digits claimed without the condition number",
        file: "fit/denseSolution.ts",
        from: "const error = condition * (n + 1) * rounding;",
        to: "const error = (n + 1) * rounding;",
      },
    ],
  },
  "ridge regression in fractions": {
    holds: ({ exactlySolved }) => exactlySolved(),
    breaks: [
      {
        what: "the low parts of each sum dropped",
        file: "data/exactSums.ts",
        from: "[this.#high, this.#middle, this.#low].reduce(",
        to: "[this.#high].reduce(",
      },
      {
        what: "the 2 of λk/2 forgotten",
        file: "fit/normalEquations.ts",
        from: "exponent - 1 + power",
        to: "exponent + power",
      },
    ],
  },
  "gradients, from scratch": {
    holds: ({ scratchGradient }) => scratchGradient(),
    breaks: [
      {
        what: "the 2 forgotten",
        file: "model/objective.ts",
        from: "const scale = 2 / (rows * k);\n  for (let i = 0; i < w.length",
        to: "const scale = 1 / (rows * k);\n  for (let i = 0; i < w.length",
      },
      {
        what: "1/k forgotten",
        file: "model/objective.ts",
        from: "const scale = 2 / (rows * k);\n  for (let i = 0; i < w.length",
        to: "const scale = 2 / rows;\n  for (let i = 0; i < w.length",
      },
    ],
  },
  "gradients, autograd": {
    holds: ({ autogradGradient }) => autogradGradient(),
    breaks: [
      {
        what: "the derivative of a difference without its sign",
        file: "nn/operations.ts",
        from: "byB: (g) => -g }",
        to: "byB: (g) => g }",
      },
      {
        what: "the square's derivative without its 2",
        file: "nn/operations.ts",
        from: "x * (p * to(data[i]!, p - 1))",
        to: "x * to(data[i]!, p - 1)",
      },
    ],
  },
  "sums of a database": {
    holds: ({ sumsAgree }) => sumsAgree(),
    breaks: [
      {
        what: "what the centre misses left in the products",
        file: "data/moments.ts",
        from: "products[i * p + j]! - weight * delta[i]! * delta[j]!",
        to: "products[i * p + j]!",
      },
      {
        what: "what the centre misses left out of the means",
        file: "data/moments.ts",
        from: "(centreLow?.[i] ?? 0) + delta[i]!",
        to: "centreLow?.[i] ?? 0",
      },
    ],
  },
  "pieces of SQL": {
    holds: ({ sqlIsHeld }) => sqlIsHeld(),
    breaks: [
      {
        what: "brackets not counted",
        file: "sql/expression.ts",
        from: "if (piece in CLOSES && open.pop() !== CLOSES[piece])",
        to: "if (piece in CLOSES && open.length > 9)",
      },
      {
        what: "several statements let through",
        file: "sql/expression.ts",
        from: 'if (piece === ";")',
        to: 'if (piece === ";;")',
      },
    ],
  },
};

const folder = mkdtempSync(join(tmpdir(), "ell2-breaks-"));
let builds = 0;
afterAll(() => rmSync(folder, { recursive: true }));

/** The gates, built from the sources, with one of them changed. */
async function gatesWith(change: Break | null): Promise<Gates> {
  const outfile = join(folder, `gates-${builds++}.mjs`);
  let applied = change === null;
  await build({
    entryPoints: [join(import.meta.dirname, "gates.ts")],
    bundle: true,
    format: "esm",
    outfile,
    logLevel: "error",
    plugins: [
      {
        name: "break",
        setup({ onLoad }) {
          onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
            if (change === null || path !== join(root, "src", change.file)) return undefined;
            const text = readFileSync(path, "utf8");
            applied = text.includes(change.from);
            return { contents: text.replace(change.from, change.to), loader: "ts" };
          });
        },
      },
    ],
  });
  expect(applied, `the text to break was not found in ${change?.file}`).toBe(true);
  return import(/* @vite-ignore */ pathToFileURL(outfile).href);
}

const holds = (gate: string, gates: Gates): boolean => {
  try {
    return GATES[gate]!.holds(gates);
  } catch {
    return false;
  }
};

describe.each(Object.entries(GATES))("the gate of %s", (gate, { breaks }) => {
  it("holds for the code as it is", async () => {
    expect(holds(gate, await gatesWith(null))).toBe(true);
  });

  it.each(breaks)("fails with $what", async (change) => {
    expect(holds(gate, await gatesWith(change))).toBe(false);
  });
});
