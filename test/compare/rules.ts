/** Update rules as learners write them: right ones, and wrong ones by the name of their slip. */
import type { UpdateRule } from "../../src/index.js";
import { Matrix } from "../../src/linalg/matrix.js";

const sum = (values: Iterable<number>) => [...values].reduce((total, x) => total + x, 0);
const filled = ({ rows, cols }: Matrix, value: number) =>
  new Matrix(rows, cols, new Float64Array(rows * cols).fill(value));

export const RIGHT: Record<string, () => UpdateRule> = {
  "matrices, assigned": () =>
    function (x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.b = this.b.minus(delta.sum(0).times(lr));
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
    },
  "loops, in place": () =>
    function (x, yTrue, yPred, lr) {
      const [m, n, k] = [x.rows, x.cols, yTrue.cols];
      for (let l = 0; l < k; l++) {
        let gradient = 0;
        for (let i = 0; i < m; i++) gradient += yPred.data[i * k + l]! - yTrue.data[i * k + l]!;
        this.b.data[l]! -= (lr * 2 * gradient) / (m * k);
        for (let j = 0; j < n; j++) {
          let slope = 0;
          for (let i = 0; i < m; i++) {
            slope += x.data[i * n + j]! * (yPred.data[i * k + l]! - yTrue.data[i * k + l]!);
          }
          this.w.data[j * k + l]! -= lr * ((2 / (m * k)) * slope + this.lambda * this.w.data[j * k + l]!);
        }
      }
    },
  "rows backwards": () =>
    function (x, yTrue, yPred, lr) {
      const gradient = new Matrix(this.w.rows, this.w.cols);
      for (let i = x.rows - 1; i >= 0; i--) {
        const r = yPred.slice(i, i + 1).minus(yTrue.slice(i, i + 1));
        const part = x.slice(i, i + 1).T.matmul(r);
        for (let at = 0; at < gradient.numel; at++) gradient.data[at]! += part.data[at]!;
        this.b = this.b.minus(r.times((2 * lr) / yTrue.numel));
      }
      this.w = this.w.times(1 - lr * this.lambda).minus(gradient.times((2 * lr) / yTrue.numel));
    },
  "decay first, apart from the step": () =>
    function (x, yTrue, yPred, lr) {
      const r = yPred.minus(yTrue);
      this.w = this.w.times(1 - lr * this.lambda);
      this.w = this.w.minus(x.T.matmul(r).times((2 * lr) / (r.rows * r.cols)));
      this.b = this.b.minus(r.sum(0).times((2 * lr) / (r.rows * r.cols)));
    },
  "the residual the other way round, added": () =>
    function (x, yTrue, yPred, lr) {
      const error = yTrue.minus(yPred);
      const step = (2 * lr) / error.numel;
      this.w = this.w.plus(x.T.matmul(error).times(step)).minus(this.w.times(lr).times(this.lambda));
      this.b = this.b.plus(error.sum(0).times(step));
    },
  "(deltaᵀx)ᵀ, and predictions of its own": () =>
    function (x, yTrue, _yPred, lr) {
      const delta = this.predict(x).minus(yTrue).times(2).times(1 / x.rows).times(1 / yTrue.cols); // biome-ignore format: one line
      const gradient = delta.T.matmul(x).T;
      this.w = this.w.minus(gradient.times(lr).plus(this.w.times(this.lambda * lr)));
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
  "yPred used up in place, parameters set": () =>
    function (x, yTrue, yPred, lr) {
      for (let i = 0; i < yPred.numel; i++) yPred.data[i] = (yPred.data[i]! - yTrue.data[i]!) / yTrue.numel;
      const w = x.T.matmul(yPred.plus(yPred)).plus(this.w.times(this.lambda)).times(-lr).plus(this.w);
      this.b.data.set(this.b.minus(yPred.sum(0).times(2 * lr)).data);
      this.w.data.set(w.data);
    },
  "a column of ones, parameters stacked": () =>
    function (x, yTrue, yPred, lr) {
      const r = yPred.minus(yTrue);
      const ones = Matrix.from(x.toArray().map((row) => [...row, 1]));
      const stacked = Matrix.from([...this.w.toArray(), ...this.b.toArray()]);
      const decay = Matrix.from([
        ...this.w.times(this.lambda).toArray(),
        ...this.b.toArray().map((row) => row.map(() => 0)),
      ]);
      const next = stacked.minus(ones.T.matmul(r).times(2 / r.numel).plus(decay).times(lr)); // biome-ignore format: one line
      this.w = next.slice(0, -1);
      this.b = next.slice(-1);
    },
  "one output after another": () =>
    function (x, yTrue, yPred, lr) {
      const [w, b] = [this.w.toArray(), this.b.toArray()];
      for (let l = 0; l < yTrue.cols; l++) {
        const r = yPred.toArray().map((row, i) => row[l]! - yTrue.toArray()[i]![l]!);
        for (const [j, row] of w.entries()) {
          const slope = sum(r.map((value, i) => value * x.toArray()[i]![j]!));
          row[l] = row[l]! - (lr * 2 * slope) / yTrue.numel - lr * this.lambda * row[l]!;
        }
        b[0]![l]! -= (lr * 2 * sum(r)) / yTrue.numel;
      }
      this.w = Matrix.from(w);
      this.b = Matrix.from(b);
    },
  "the bias as minus lr times a mean": () =>
    function (x, yTrue, yPred, lr) {
      const [r, old] = [yPred.minus(yTrue), this.w];
      this.w = old.minus(old.times(lr * this.lambda)).minus(x.T.matmul(r).times(lr / (0.5 * r.numel)));
      this.b = this.b.minus(r.sum(0).times(1 / r.rows).times((2 * lr) / r.cols)); // biome-ignore format: one line
    },
};

/** A rule from what it subtracts, lr included. */
type Change = (of: Given) => { w: Matrix; b: Matrix };
interface Given {
  x: Matrix;
  r: Matrix;
  w: Matrix;
  b: Matrix;
  lr: number;
  lambda: number;
  m: number;
  n: number;
  k: number;
  /** xᵀδ and 1ᵀδ. */
  gw: Matrix;
  gb: Matrix;
}
const subtracts =
  (change: Change): (() => UpdateRule) =>
  () =>
    function (x, yTrue, yPred, lr) {
      const r = yPred.minus(yTrue);
      const delta = r.times(2 / r.numel);
      const { w, b, lambda } = this;
      const [m, n, k] = [x.rows, x.cols, r.cols];
      const step = change({ x, r, w, b, lr, lambda, m, n, k, gw: x.T.matmul(delta), gb: delta.sum(0) });
      this.w = w.minus(step.w);
      this.b = b.minus(step.b);
    };
/** A rule from its δ, right in the rest. */
const withDelta = (delta: (r: Matrix, x: Matrix) => Matrix) =>
  subtracts(({ x, r, w, lr, lambda }) => {
    const d = delta(r, x);
    return { w: x.T.matmul(d).plus(w.times(lambda)).times(lr), b: d.sum(0).times(lr) };
  });
/** A rule from what it decays the weight by, right in the rest. */
const withDecay = (decay: (of: Given) => Matrix) =>
  subtracts((of) => ({ w: of.gw.plus(decay(of)).times(of.lr), b: of.gb.times(of.lr) }));
/** A rule from its bias' gradient, right in the rest. */
const withBias = (gradient: (of: Given) => Matrix) =>
  subtracts((of) => ({
    w: of.gw.plus(of.w.times(of.lambda)).times(of.lr),
    b: gradient(of).times(of.lr),
  }));

export const WRONG: Record<string, () => UpdateRule> = {
  "bias decayed": withBias(({ gb, b, lambda }) => gb.plus(b.times(lambda))),
  "λ forgotten": withDecay(({ w }) => w.times(0)),
  "λ doubled": withDecay(({ w, lambda }) => w.times(2 * lambda)),
  "λ halved": withDecay(({ w, lambda }) => w.times(lambda / 2)),
  "λ not times lr": withDecay(({ w, lambda, lr }) => w.times(lambda / lr)),
  "λ times lr twice": withDecay(({ w, lambda, lr }) => w.times(lambda * lr)),
  "sign of the penalty": withDecay(({ w, lambda }) => w.times(-lambda)),
  "λ divided by m": withDecay(({ w, lambda, m }) => w.times(lambda / m)),
  "λ divided by mk": withDecay(({ w, lambda, m, k }) => w.times(lambda / (m * k))),
  "λ times 2/(mk)": subtracts(({ x, r, w, lr, lambda, gb }) => ({
    w: x.T.matmul(r).plus(w.times(lambda)).times((lr * 2) / r.numel), // biome-ignore format: one line
    b: gb.times(lr),
  })),
  "λ squared": withDecay(({ w, lambda }) => w.times(lambda * lambda)),
  "λ remembered": () => {
    let remembered: number | undefined;
    return function (x, yTrue, yPred, lr) {
      remembered ??= this.lambda;
      // a new data set begins with a model of its own: see that the first λ is the same in each
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(remembered)).times(lr));
      this.b = this.b.minus(delta.sum(0).times(lr));
    };
  },
  "L1 penalty": withDecay(({ w, lambda }) => new Matrix(w.rows, w.cols, w.data.map(Math.sign)).times(lambda)),
  "w missing in the penalty": withDecay(({ w, lambda }) => filled(w, lambda)),
  "penalty without derivative": withDecay(({ w, lambda }) => filled(w, (lambda / 2) * sum(w.times(w).data))),
  "decayed after the step": () =>
    function (x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).times(lr));
      this.w = this.w.times(1 - lr * this.lambda);
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
  "weight changed before the bias' gradient": () =>
    function (x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
      this.b = this.b.minus(this.predict(x).minus(yTrue).sum(0).times(2 / yTrue.numel).times(lr)); // biome-ignore format: one line
    },
  "bias changed before the weight's gradient": () =>
    function (x, yTrue, yPred, lr) {
      this.b = this.b.minus(yPred.minus(yTrue).sum(0).times(2 / yTrue.numel).times(lr)); // biome-ignore format: one line
      const delta = this.predict(x)
        .minus(yTrue)
        .times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
    },
  "decayed before the prediction": () =>
    function (x, yTrue, _yPred, lr) {
      this.w = this.w.times(1 - lr * this.lambda);
      const delta = this.predict(x)
        .minus(yTrue)
        .times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).times(lr));
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
  "factor 2 missing": withDelta((r) => r.times(1 / r.numel)),
  "factor 2 twice": withDelta((r) => r.times(4 / r.numel)),
  "1/m missing": withDelta((r) => r.times(2 / r.cols)),
  "1/k missing": withDelta((r) => r.times(2 / r.rows)),
  "1/(mk) missing": withDelta((r) => r.times(2)),
  "1/(2m) in the loss": withDelta((r) => r.times(1 / r.rows)),
  "n in place of m": withDelta((r, x) => r.times(2 / (x.cols * r.cols))),
  "mn in place of mk": withDelta((r, x) => r.times(2 / x.numel)),
  "1/m twice": withDelta((r) => r.times(2 / (r.numel * r.rows))),
  "1/k twice": withDelta((r) => r.times(2 / (r.numel * r.cols))),
  "sign of the residual": withDelta((r) => r.times(-2 / r.numel)),
  "m remembered": () => {
    const remembered = new WeakMap<object, number>();
    return function (x, yTrue, yPred, lr) {
      const m = remembered.get(this) ?? x.rows;
      remembered.set(this, m);
      const delta = yPred.minus(yTrue).times(2 / (m * yTrue.cols));
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
      this.b = this.b.minus(delta.sum(0).times(lr));
    };
  },
  "sign of the gradient": subtracts(({ gw, gb, w, lambda, lr }) => ({
    w: gw.plus(w.times(lambda)).times(-lr),
    b: gb.times(-lr),
  })),
  "lr twice": subtracts(({ gw, gb, w, lambda, lr }) => ({
    w: gw.plus(w.times(lambda)).times(lr * lr),
    b: gb.times(lr * lr),
  })),
  "lr forgotten": subtracts(({ gw, gb, w, lambda }) => ({ w: gw.plus(w.times(lambda)), b: gb })),
  "lr remembered": () => {
    let remembered: number | undefined;
    return function (x, yTrue, yPred, lr) {
      remembered ??= lr;
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(remembered));
      this.b = this.b.minus(delta.sum(0).times(remembered));
    };
  },
  "bias not updated": withBias(({ gb }) => gb.times(0)),
  "weight not updated": subtracts(({ w, gb, lr }) => ({ w: w.times(0), b: gb.times(lr) })),
  "bias summed over the outputs": withBias(({ gb }) => filled(gb, gb.sum())),
  "bias from the first row only": withBias(({ r }) => r.slice(0, 1).times(2 / r.numel)),
  "bias from the last row only": withBias(({ r }) => r.slice(-1).times(2 / r.numel)),
  "first row only": subtracts(({ x, r, w, lr, lambda }) => {
    const d = r.slice(0, 1).times(2 / r.numel);
    return { w: x.slice(0, 1).T.matmul(d).plus(w.times(lambda)).times(lr), b: d.times(lr) }; // biome-ignore format: one line
  }),
  "factor 2 missing, in b alone": withBias(({ gb }) => gb.times(1 / 2)),
  "1/(mk) missing, in b alone": withBias(({ r }) => r.sum(0).times(2)),
  "1/m missing, in b alone": withBias(({ r, k }) => r.sum(0).times(2 / k)),
  "1/m twice, in b alone": withBias(({ gb, m }) => gb.times(1 / m)),
  "sign of the gradient, in b alone": withBias(({ gb }) => gb.times(-1)),
  "1/m missing, in w alone": subtracts(({ gw, gb, w, lr, lambda, m }) => ({
    w: gw.times(m).plus(w.times(lambda)).times(lr),
    b: gb.times(lr),
  })),
  "gradient of the MAE": withDelta((r) =>
    new Matrix(r.rows, r.cols, r.data.map(Math.sign)).times(1 / r.numel),
  ),
  "gradient of the root of the MSE": withDelta((r) => {
    const root = Math.sqrt(sum(r.times(r).data) / r.numel);
    return r.times(1 / (root * r.numel));
  }),
  "residuals squared": withDelta((r) => r.times(r).times(2 / r.numel)),
  "prediction without the bias": () =>
    function (x, yTrue, _yPred, lr) {
      const delta = x.matmul(this.w).minus(yTrue).times(2 / yTrue.numel); // biome-ignore format: one line
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
  "x not transposed": () =>
    function (x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.matmul(delta).plus(this.w.times(this.lambda)).times(lr)); // throws unless m = n
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
  "gradient transposed": () =>
    function (x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      const gradient = delta.T.matmul(x); // [k×n], as PyTorch's
      for (let i = 0; i < this.w.numel; i++) {
        this.w.data[i]! -= lr * (gradient.data[i]! + this.lambda * this.w.data[i]!);
      }
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
  "residuals transposed": () =>
    function (x, yTrue, yPred, lr) {
      const [m, k] = [yTrue.rows, yTrue.cols];
      const delta = new Matrix(m, k);
      for (let i = 0; i < m; i++) {
        for (let l = 0; l < k; l++) {
          delta.data[i * k + l] = (2 * (yPred.data[l * m + i]! - yTrue.data[l * m + i]!)) / (m * k);
        }
      }
      this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
};

export const TWO_WRONG: Record<string, () => UpdateRule> = {
  "factor 2 missing + λ forgotten": subtracts(({ gw, gb, lr }) => ({
    w: gw.times(lr / 2),
    b: gb.times(lr / 2),
  })),
  "factor 2 missing + bias decayed": subtracts(({ gw, gb, w, b, lr, lambda }) => ({
    w: gw.times(1 / 2).plus(w.times(lambda)).times(lr), // biome-ignore format: one line
    b: gb.times(1 / 2).plus(b.times(lambda)).times(lr), // biome-ignore format: one line
  })),
  "1/(2m) in the loss + λ divided by m": subtracts(({ x, r, w, lr, lambda, m }) => ({
    w: x.T.matmul(r).plus(w.times(lambda)).times(lr / m), // biome-ignore format: one line
    b: r.sum(0).times(lr / m),
  })),
  "1/k missing + λ doubled": subtracts(({ gw, gb, w, lr, lambda, k }) => ({
    w: gw.times(k).plus(w.times(2 * lambda)).times(lr), // biome-ignore format: one line
    b: gb.times(k * lr),
  })),
  "λ forgotten + bias decayed": subtracts(({ gw, gb, b, lr, lambda }) => ({
    w: gw.times(lr),
    b: gb.plus(b.times(lambda)).times(lr),
  })),
  "1/m missing + bias not updated": subtracts(({ gw, b, w, lr, lambda, m }) => ({
    w: gw.times(m).plus(w.times(lambda)).times(lr), // biome-ignore format: one line
    b: b.times(0),
  })),
  "λ not times lr + decayed after the step": () =>
    function (x, yTrue, yPred, lr) {
      const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
      this.w = this.w.minus(x.T.matmul(delta).times(lr));
      this.w = this.w.minus(this.w.times(this.lambda));
      this.b = this.b.minus(delta.sum(0).times(lr));
    },
};
