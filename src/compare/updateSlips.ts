import { Matrix } from "../linalg/matrix.js";
import type { Formula, Step } from "./updateFormula.js";

/** A known slip in an update rule. */
export interface UpdateSlip {
  /** What it is called. */
  name: string;
  /** What the rule does. */
  wrong: string;
  /** How to mend it. */
  mend: string;
}

/** A slip, and the part of the formula that it changes. */
export interface KnownSlip extends UpdateSlip {
  change: (right: Formula) => Partial<Formula>;
}

type Of = (step: Step) => number;
const product =
  (f: Of, g: Of): Of =>
  (step) =>
    f(step) * g(step);

const rows: Of = ({ x }) => x.rows;
const features: Of = ({ x }) => x.cols;
const outputs: Of = ({ b }) => b.cols;
const rate: Of = ({ lr }) => lr;

/** Each entry changed by f. */
const map = (matrix: Matrix, f: (x: number) => number): Matrix =>
  new Matrix(matrix.rows, matrix.cols, matrix.data.map(f));

/** The same memory with rows and columns exchanged; of a square matrix, itself. */
const reread = ({ rows, cols, data }: Matrix): Matrix => new Matrix(cols, rows, data);

/** The first row, and zeros for the others. */
const firstRow = (r: Matrix): Matrix =>
  new Matrix(
    r.rows,
    r.cols,
    r.data.map((x, i) => (i < r.cols ? x : 0)),
  );

const slip = (
  name: string,
  wrong: string,
  mend: string,
  change: KnownSlip["change"] | Partial<Formula>,
): KnownSlip => ({ name, wrong, mend, change: typeof change === "function" ? change : () => change });

/** The penalty's λ, multiplied with something that does not belong there. */
const lambda = (name: string, wrong: string, mend: string, times: Of): KnownSlip =>
  slip(name, wrong, mend, (f) => ({ lambda: product(f.lambda, times) }));

const whole = "the gradient of (λ/2)·Σw² is λ·w: add this.w.times(this.lambda) to the weight's gradient";

const PENALTY: KnownSlip[] = [
  slip("λ forgotten", "the weight is not decayed", whole, { decayW: (w) => w.times(0) }),
  slip(
    "bias decayed",
    "the penalty is taken of the bias too",
    "decay this.w alone: the bias is not penalised",
    { decayB: (b) => b },
  ),
  lambda(
    "λ doubled",
    "the weight decays by 2λ, the gradient of λ·Σw² as in Keras",
    `take λ once: ${whole}`,
    () => 2,
  ),
  lambda("λ halved", "the weight decays by λ/2: the ½ of the penalty was kept", whole, () => 1 / 2),
  lambda("sign of the penalty", "the penalty makes the weight grow", "add λ·w to the gradient", () => -1),
  lambda(
    "λ not times lr",
    "the weight decays by λ whatever the rate is",
    "multiply the whole gradient with lr, its λ·w included",
    (s) => 1 / s.lr,
  ),
  lambda("λ times lr twice", "the penalty is multiplied with lr twice", "multiply it with lr once", rate),
  lambda("λ divided by m", "the penalty is divided by the rows", "do not average λ·w", (s) => 1 / rows(s)),
  lambda(
    "λ divided by mk",
    "the penalty is divided by the entries of y",
    "do not average λ·w",
    (s) => 1 / s.yTrue.numel,
  ),
  lambda(
    "λ times 2/(mk)",
    "the factor of the loss is applied to the penalty too",
    "multiply the residuals with 2/(mk), and add λ·w afterwards",
    (s) => 2 / s.yTrue.numel,
  ),
  lambda("λ squared", "λ is multiplied in twice", "multiply with this.lambda once", (s) => s.lambda),
  slip("λ remembered", "the λ of the first step is used in all of them", "read this.lambda in every step", {
    lambda: (s) => s.first.lambda,
  }),
  slip(
    "decayed after the step",
    "the weight is decayed after its step: what decays is the new weight",
    "take the gradient, λ·w included, before this.w is changed",
    { decayLast: true },
  ),
  slip("L1 penalty", "the weight decays by λ·sign(w), the gradient of λ·Σ|w|", whole, {
    decayW: (w) => map(w, Math.sign),
  }),
  slip("w missing in the penalty", "every weight is lowered by lr·λ, whatever it is", whole, {
    decayW: (w) => map(w, () => 1),
  }),
  slip("penalty without derivative", "the value (λ/2)·Σw² stands where its gradient belongs", whole, {
    decayW: (w) => map(w, () => w.times(w).sum() / 2),
  }),
];

const ORDER: KnownSlip[] = [
  slip(
    "weight changed before the bias' gradient",
    "the bias' gradient is taken of predictions made with the new weight",
    "take both gradients from yPred, then change this.w and this.b",
    { first: "w" },
  ),
  slip(
    "bias changed before the weight's gradient",
    "the weight's gradient is taken of predictions made with the new bias",
    "take both gradients from yPred, then change this.w and this.b",
    { first: "b" },
  ),
  slip(
    "decayed before the prediction",
    "the gradient is taken of predictions made with the decayed weight",
    "take the gradient from yPred",
    { first: "decay" },
  ),
];

const LOSS: KnownSlip[] = [
  slip(
    "gradient of the MAE",
    "the sign of the residuals is taken",
    "the MSE's gradient is 2·(yPred − yTrue)/(mk)",
    (f) => ({
      residual: (yPred, s) => map(f.residual(yPred, s), (x) => Math.sign(x) / 2),
    }),
  ),
  slip(
    "gradient of the root of the MSE",
    "the gradient is that of √MSE",
    "take it of the MSE itself",
    (f) => ({
      residual: (yPred, s) => {
        const r = f.residual(yPred, s);
        return r.times(1 / (2 * Math.sqrt(r.times(r).sum() / r.numel)));
      },
    }),
  ),
  slip(
    "residuals squared",
    "the loss stands where its gradient belongs",
    "do not square: 2·(yPred − yTrue)/(mk)",
    (f) => ({
      residual: (yPred, s) => {
        const r = f.residual(yPred, s);
        return r.times(r);
      },
    }),
  ),
  slip("prediction without the bias", "the predictions lack the bias", "take yPred, or x·w + b", (f) => ({
    residual: (yPred, s) => f.residual(yPred.minus(s.b), s),
  })),
];

const SUMS: KnownSlip[] = [
  slip(
    "x not transposed",
    "the rows of x are read as its columns",
    "the weight's gradient is x.T.matmul(delta)",
    {
      sumW: (r, { x }) => reread(x).matmul(r),
    },
  ),
  slip(
    "gradient transposed",
    "the weight's gradient is laid out [k×n], as PyTorch's weight",
    "this.w is [n×k]: its gradient is x.T.matmul(delta)",
    (f) => ({ sumW: (r, s) => reread(f.sumW(r, s).T) }),
  ),
  slip(
    "residuals transposed",
    "the rows of the residuals are read as their columns",
    "they are [m×k]",
    (f) => ({
      residual: (yPred, s) => reread(f.residual(yPred, s)).T,
    }),
  ),
  slip("first row only", "the gradient is that of the batch's first row", "sum over all rows", (f) => ({
    sumW: (r, s) => f.sumW(firstRow(r), s),
    sumB: (r) => r.slice(0, 1),
  })),
  slip(
    "bias from the first row only",
    "the bias' gradient is that of the batch's first row",
    "sum over all rows: delta.sum(0)",
    {
      sumB: (r) => r.slice(0, 1),
    },
  ),
  slip(
    "bias from the last row only",
    "the bias' gradient is that of the batch's last row",
    "sum over all rows: delta.sum(0)",
    {
      sumB: (r) => r.slice(-1),
    },
  ),
  slip(
    "bias summed over the outputs",
    "every bias gets the sum of all outputs' residuals",
    "sum over the rows alone: delta.sum(0)",
    (f) => ({
      sumB: (r, s) => f.sumB(r, s).times(0).plus(f.sumB(r, s).sum()),
    }),
  ),
  slip("bias not updated", "this.b stays as it was", "this.b changes by −lr·delta.sum(0)", {
    rateB: () => 0,
  }),
  slip("weight not updated", "this.w stays as it was", "this.w changes by −lr·(xᵀδ + λw)", {
    rateW: () => 0,
  }),
];

/** What goes wrong with the factor 2/(mk): in both gradients or in one of them. */
const FACTORS: [name: string, wrong: string, times: Of][] = [
  [
    "factor 2 missing",
    "the gradient is half as large: the 2 of the square's derivative is missing",
    () => 1 / 2,
  ],
  ["1/m missing", "the gradient is not divided by the rows m", rows],
  ["1/k missing", "the gradient is divided by the rows alone, not by the outputs k too", outputs],
  ["1/(mk) missing", "the residuals are summed, not averaged", (s) => s.yTrue.numel],
  [
    "sign of the residual",
    "the residual is yTrue − yPred and yet subtracted: the step climbs the loss",
    () => -1,
  ],
  ["1/(2m) in the loss", "the gradient is that of ‖r‖²/(2m), as in some books", (s) => outputs(s) / 2],
  [
    "n in place of m",
    "the gradient is divided by the features n where the rows m belong",
    (s) => rows(s) / features(s),
  ],
  [
    "mn in place of mk",
    "the gradient is divided by the entries of x, not those of y",
    (s) => outputs(s) / features(s),
  ],
  ["factor 2 twice", "the factor 2 is multiplied in twice", () => 2],
  [
    "1/m twice",
    "the gradient is divided by the rows m twice, such as by a mean of delta",
    (s) => 1 / rows(s),
  ],
  ["1/k twice", "the gradient is divided by the outputs k twice", (s) => 1 / outputs(s)],
  [
    "m remembered",
    "the rows of the first batch are divided by, not those of this one",
    (s) => rows(s) / s.first.rows,
  ],
];

const RATES: [name: string, wrong: string, times: Of][] = [
  ["sign of the gradient", "the gradient is added: the step climbs", () => -1],
  ["lr twice", "the learning rate is multiplied in twice", rate],
  ["lr forgotten", "the gradient is not multiplied with lr", (s) => 1 / s.lr],
  ["lr remembered", "the rate of the first step is used in all of them", (s) => s.first.lr / s.lr],
];

/** A wrong factor, of one parameter's gradient or of both. */
const factors = (of: "" | "w" | "b"): KnownSlip[] => {
  const named = (name: string) => (of === "" ? name : `${name}, in ${of} alone`);
  return [
    // a bias without decay cannot tell the sign of its residual from that of its gradient
    ...FACTORS.filter(([name]) => of !== "b" || name !== "sign of the residual").map(([name, wrong, times]) =>
      slip(
        named(name),
        wrong,
        "delta is 2·(yPred − yTrue)/(mk), with m = yTrue.rows and k = yTrue.cols",
        (f) => ({
          ...(of !== "b" && { factorW: product(f.factorW, times) }),
          ...(of !== "w" && { factorB: product(f.factorB, times) }),
        }),
      ),
    ),
    ...RATES.map(([name, wrong, times]) =>
      slip(named(name), wrong, "subtract lr times the gradient, with the lr that is given", (f) => ({
        ...(of !== "b" && { rateW: product(f.rateW, times) }),
        ...(of !== "w" && { rateB: product(f.rateB, times) }),
      })),
    ),
  ];
};

/** Every slip that is known, the likelier ones first. */
export const SLIPS: readonly KnownSlip[] = [
  ...factors(""),
  ...PENALTY,
  ...SUMS,
  ...ORDER,
  ...factors("b"),
  ...factors("w"),
  ...LOSS,
];
