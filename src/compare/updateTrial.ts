import { Ell2Error } from "../errors.js";
import { Matrix } from "../linalg/matrix.js";
import { LinearRegression } from "../model/linearRegression.js";
import { show } from "../numbers/check.js";
import { Torch } from "../random/torch.js";
import type { Step } from "./updateFormula.js";

/** An update rule: it changes `this.w` and `this.b`, in place or by assigning to them. */
export type UpdateRule = (
  this: LinearRegression,
  x: Matrix,
  yTrue: Matrix,
  yPred: Matrix,
  lr: number,
) => unknown;

/** Why a rule could not be held against the reference any further. */
export interface UpdateProblem {
  /** What happened: the rule threw, returned a promise, left w or b as something else than a matrix of their shape or with NaN or infinity, changed its inputs, or changed nothing. */
  kind: "throws" | "async" | "not a matrix" | "shape" | "not finite" | "inputs changed" | "nothing changed";
  /** A sentence that says it. */
  message: string;
  /** What the rule threw, if it did. */
  cause?: unknown;
}

/** Sizes of a data set, and of the batches that are taken from it. */
export interface Sizes {
  n: number;
  k: number;
  batches: readonly number[];
}

/** One step that a rule has made. */
export interface Taken {
  step: Step;
  /** The parameters afterwards. */
  w: Matrix;
  b: Matrix;
}

export interface Trial {
  taken: Taken[];
  problem: UpdateProblem | null;
}

// no product of these and of the sizes is another one: a wrong factor shows which it is
const RATES = [0.11, 0.07, 0.13, 0.05];
const LAMBDAS = [0.6, 0.35, 1.7, 0];

/** Runs a rule on the batches of a data set, each with its own lr and λ, until the end or the first problem. */
export function attempt(update: UpdateRule, { n, k, batches }: Sizes): Trial {
  const generator = new Torch(14);
  const normal = (rows: number, cols: number) => new Matrix(rows, cols, generator.randn(rows * cols));
  const m = batches.reduce((sum, rows) => sum + rows, 0);
  const data = { x: normal(m, n).plus(0.5), yTrue: normal(m, k).times(2).plus(1) };
  const given = { x: data.x.clone(), yTrue: data.yTrue.clone() };
  const model = new LinearRegression(n, k, { generator });
  model.update = update as LinearRegression["update"];
  const taken: Taken[] = [];
  let start = 0;
  for (const [i, rows] of batches.entries()) {
    const [lr, lambda] = [RATES[i % RATES.length]!, LAMBDAS[i % LAMBDAS.length]!];
    model.lambda = lambda;
    const [x, yTrue] = [data.x.slice(start, start + rows), data.yTrue.slice(start, start + rows)];
    const yPred = LinearRegression.prototype.predict.call(model, x);
    const first = { rows: batches[0]!, lr: RATES[0]!, lambda: LAMBDAS[0]! };
    const step = {
      x,
      yTrue,
      yPred: yPred.clone(),
      lr,
      w: model.w.clone(),
      b: model.b.clone(),
      lambda,
      first,
    };
    const problem =
      call(model, [x, yTrue, yPred, lr]) ??
      parameter("w", model, step.w) ??
      parameter("b", model, step.b) ??
      changed("x", data.x, given.x) ??
      changed("yTrue", data.yTrue, given.yTrue) ??
      (Object.getOwnPropertyDescriptor(model, "lambda")?.value === lambda
        ? null
        : report("inputs changed", "the rule changes this.lambda: only read it"));
    if (problem) return { taken, problem };
    taken.push({ step, w: model.w.clone(), b: model.b.clone() });
    start += rows;
  }
  const idle = taken.every(({ step, w, b }) => same(w, step.w) && same(b, step.b));
  const message = "the rule changes neither this.w nor this.b: change them in place, or assign to them";
  return { taken, problem: idle ? report("nothing changed", message) : null };
}

const report = (kind: UpdateProblem["kind"], message: string): UpdateProblem => ({ kind, message });

const same = (a: Matrix, b: Matrix): boolean => a.data.every((x, i) => Object.is(x, b.data[i]));

function call(model: LinearRegression, args: Parameters<LinearRegression["update"]>): UpdateProblem | null {
  try {
    const result: unknown = model.update(...args);
    if (typeof (result as { then?: unknown } | null | undefined)?.then !== "function") return null;
    (result as Promise<unknown>).then(
      () => {},
      () => {},
    );
    return report("async", "the rule returns a promise: training does not wait for it, so leave async out");
  } catch (cause) {
    const remedy =
      cause instanceof TypeError &&
      !Object.hasOwn(model.update, "prototype") &&
      String(model.update).includes("=>")
        ? "; an arrow function has no this of its own: write function update(x, yTrue, yPred, lr)"
        : "";
    return { kind: "throws", message: `the rule throws ${thrown(cause)}${remedy}`, cause };
  }
}

function thrown(cause: unknown): string {
  if (cause instanceof Ell2Error) return `${cause.code}: ${cause.message}`;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : show(cause);
}

function parameter(key: "w" | "b", model: LinearRegression, before: Matrix): UpdateProblem | null {
  const name = `this.${key}`;
  const { value, writable } = Object.getOwnPropertyDescriptor(model, key) ?? {};
  if (!writable)
    return report("not a matrix", `the rule freezes or redefines ${name}: it has to stay a Matrix`);
  if (!(value instanceof Matrix)) {
    return report("not a matrix", `the rule assigns ${show(value)} to ${name}: it has to stay a Matrix`);
  }
  if (value.rows !== before.rows || value.cols !== before.cols) {
    return report("shape", `the rule makes ${name} ${value.shape}: it has to stay ${before.shape}`);
  }
  const at = value.data.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return null;
  const entry = `[${Math.floor(at / value.cols)}, ${at % value.cols}]`;
  return report("not finite", `the rule makes ${name}${entry} ${value.data[at]}`);
}

const changed = (name: string, now: Matrix, before: Matrix): UpdateProblem | null =>
  same(now, before)
    ? null
    : report("inputs changed", `the rule changes ${name}, which is the data itself: work on a copy`);
