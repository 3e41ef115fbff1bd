/** Readers of what trains: checkpoints, update rules, and the options of `ell2 fit`. */
import { createHash } from "node:crypto";
import { Script } from "node:vm";
import fc from "fast-check";
import { readNumber } from "../../../src/cli/args.js";
import { checkpointHead, checkpointStep, readCheckpoint } from "../../../src/cli/checkpointFile.js";
import { readFitOptions } from "../../../src/cli/fitOptions.js";
import { checkUpdate } from "../../../src/compare/checkUpdate.js";
import type { UpdateRule } from "../../../src/compare/updateTrial.js";
import { changedText, hostileName, jsonText } from "../grammar.js";
import { must, type Reader } from "../reader.js";

const identity = {
  data: "sha256:0",
  options: { lambda: 0.1, lr: 0.02, epochs: 9 },
  sizes: { w: 2, b: 1, epochs: 9 },
};
const state = {
  w: Float64Array.of(1, -0),
  b: Float64Array.of(2),
  velocity: Float64Array.of(1, 2, 3),
  log: [0, 1, 2].map((epoch) => ({ epoch, mse: epoch + 0.5, mseValid: Number.POSITIVE_INFINITY })),
  best: { epoch: 1, w: Float64Array.of(5, 6), b: Float64Array.of(7) },
  converged: false,
  uncertain: 0,
};
const headText = checkpointHead(identity).slice(17, -1);
const stepText = checkpointStep(state, 0, true).toString().slice(17, -1);
const hashed = (json: string) => `${createHash("sha256").update(json).digest("hex").slice(0, 16)} ${json}\n`;

export const checkpoint: Reader<string> = {
  inputs: changedText(
    fc
      .tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constant(headText) }, jsonText(JSON.parse(headText))),
        fc.array(jsonText(JSON.parse(stepText)), { maxLength: 4 }),
      )
      .map(([head, steps]) => [head, ...steps].map((json) => hashed(json.replaceAll("\n", " "))).join("")),
    ["\n", "0", " ", "\0", "{}"],
  ),
  read(text) {
    const read = readCheckpoint(text, "c", identity);
    if (read === null) return;
    const written = checkpointHead(identity) + checkpointStep(read, 0, read.best !== null);
    must(
      JSON.stringify(readCheckpoint(written, "c", identity)) === JSON.stringify(read),
      "a checkpoint keeps a state",
    );
  },
};

const value = fc.constantFrom(
  "this.w",
  "this.b",
  "x",
  "yTrue",
  "yPred",
  "lr",
  "this.lambda",
  "this",
  "null",
  "NaN",
  "[]",
  "{}",
  '"w"',
  "-1",
  "1e308",
  "undefined",
  "Symbol()",
  "1n",
  "this.w.T",
  "x.T.matmul(yPred.minus(yTrue))",
  "this.w.times(lr)",
  "this.w.data",
);
const statement = fc.oneof(
  fc
    .tuple(fc.constantFrom("w", "b", "lambda", "predict", "generator"), value)
    .map(([name, of]) => `this.${name} = ${of};`),
  fc.tuple(value, value).map(([of, to]) => `${of}.data?.fill?.(${to});`),
  fc.tuple(value, value).map(([a, b]) => `this.w = this.w.minus(${a}.times(${b}));`),
  value.map((of) => `return ${of};`),
  value.map((of) => `throw ${of};`),
  value.map((of) => `delete ${of}.rows;`),
  value.map((of) => `Object.freeze(${of});`),
  fc.constantFrom(
    "this.b = this.b.minus(yPred.minus(yTrue).sum(0));",
    "arguments.length = 0;",
    "Object.defineProperty(this, 'w', { get() { throw 1; } });",
    "return Promise.reject(1);",
    "Object.setPrototypeOf(this, null);",
  ),
);
export const rule: Reader<string> = {
  inputs: changedText(
    fc
      .tuple(
        fc.constantFrom(
          "function update",
          "async function update",
          "function* update",
          "const update = function",
        ),
        fc.array(statement, { maxLength: 4 }),
      )
      .map(([head, body]) => `${head}(x, yTrue, yPred, lr) {\n${body.join("\n")}\n}`),
    ["}", "{", ";", "(", "`", "/*", "\0"],
  ),
  read(source) {
    let update: unknown;
    try {
      update = new Script(`${source}\n;typeof update === "undefined" ? undefined : update`).runInThisContext({
        timeout: 1000,
      });
    } catch {
      return; // the command says that it cannot be loaded
    }
    const { ok, problem } = checkUpdate(update as UpdateRule);
    must(!ok || problem === null, "what is good has no problem");
  },
};

const word = fc.oneof(
  hostileName,
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "0.5",
    "1e999",
    "NaN",
    "0x10",
    "auto",
    "loo",
    "2",
    "variance",
    "raw",
    "frequency",
    "mean",
    "c=x",
    "a=",
    "=",
    ",,",
    '"a',
    "1e3",
  ),
  fc.double().map(String),
);
const OPTIONS = [
  "target",
  "features",
  "categorical",
  "reference",
  "lambda",
  "folds",
  "pool",
  "seed",
  "lr",
  "epochs",
  "batch",
  "momentum",
  "patience",
  "tol",
  "checkpoint",
  "valid",
  "missing",
  "weight",
  "weight-kind",
] as const;
const FLAGS = ["one-se", "lambda-per-target", "standardize", "intercept", "exact", "sgd", "resume"] as const;
export const options: Reader<Record<string, string | boolean>> = {
  inputs: fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...OPTIONS), word), { maxLength: 5 }),
      fc.array(fc.tuple(fc.constantFrom(...FLAGS), fc.boolean()), { maxLength: 4 }),
    )
    .map(([texts, flags]) => Object.fromEntries([["valid", "0"], ["seed", "14"], ...texts, ...flags])),
  read(given) {
    const { lambda, descent, seed } = readFitOptions("ell2 fit", given);
    must(lambda === "auto" || (Number.isFinite(lambda) && lambda >= 0), "λ is in its range");
    must(Number.isSafeInteger(seed), "the seed is whole");
    for (const x of Object.values(descent ?? {}))
      must(typeof x !== "number" || Number.isFinite(x), "descent's numbers are");
    for (const text of Object.values(given)) if (typeof text === "string") readNumber(text);
  },
};
