/** The gates that a break must not pass, in one module, so that they can be built with a broken source. */
import { parseTrace } from "../../src/compare/trace.js";
import { verify } from "../../src/compare/verify.js";
import { Dataset } from "../../src/data/dataset.js";
import { Moments } from "../../src/data/moments.js";
import { ridge } from "../../src/fit/ridge.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { LinearRegression } from "../../src/model/linearRegression.js";
import { mse } from "../../src/model/metrics.js";
import { Linear } from "../../src/nn/linear.js";
import { MSELoss } from "../../src/nn/mseLoss.js";
import { Tensor } from "../../src/nn/tensor.js";
import { Torch } from "../../src/random/torch.js";
import { bracketed } from "../../src/sql/expression.js";
import { families } from "../exact/families.js";
import { results, shortcomings } from "../exact/table.js";
import { rationalRidge, rightDigits } from "../fit/rational.js";
import { choices, fitDistances, type Recorded } from "../fit/scikitLearn.js";

/** Whether every trace of the given kinds is replayed within its bounds. */
export function replays(texts: readonly string[], kinds: readonly string[]): boolean {
  const traces = texts.map((text, i) => parseTrace(text, `trace ${i}`));
  return verify(traces.filter(({ kind }) => kinds.includes(kind))).ok;
}

/** Whether weights and choices of λ are those that scikit-learn was recorded with. */
export function ridgeAgrees(text: string): boolean {
  const { problems }: Recorded = JSON.parse(text);
  return problems.slice(0, 1).every((problem) => {
    const { weight, bias, alone } = fitDistances(problem);
    const { ours, theirs, errors } = choices(problem);
    const same = JSON.stringify(ours) === JSON.stringify(theirs);
    return same && Math.max(weight, bias, alone) < 1e-10 && errors < 1e-9;
  });
}

/** Whether fits have the digits of the gates beside exact arithmetic, and claim no more: on two polynomials and categories. */
export function digitsHold(): boolean {
  const [polynomials] = families;
  const categories = families.find(({ name }) => name === "categories")!;
  const rows = [polynomials!.rows[0]!, polynomials!.rows[4]!, categories.rows[0]!];
  return shortcomings(results([{ name: "a sample", rows }])).length === 0;
}

/** Whether ridge regression of a few awkward tables has 14 digits of the right values in fractions. */
export const exactlySolved = (): boolean =>
  [0, 0.01, 1e300].every((lambda) => {
    const x = Array.from({ length: 9 }, (_, i) => i + 1 / 3);
    const X = x.map((value, i) => [1e9 + value, value + 1e-7 * Math.sqrt(i), value * value]);
    const data = new Dataset({ X, Y: x.map((value, i) => [Math.sqrt(value) + (i % 3)]) });
    const { w, b } = ridge(data, { lambda });
    const right = rationalRidge(data, lambda, { standardize: false, intercept: true });
    return [...right.w, right.b].every((value, j) => rightDigits([...w.data, ...b.data][j]!, value) > 14);
  });

const [m, n, k, lambda] = [7, 4, 3, 0.5];

/** Whether sums about a centre that is off the means are the moments of the rows. */
export function sumsAgree(): boolean {
  const draw = new Torch(3);
  const X = new Matrix(m, 1, draw.randn(m));
  const Y = new Matrix(m, 1, draw.randn(m));
  const rows = new Dataset({ X, Y });
  const centre = Float64Array.of(0.5, -0.25);
  const [x, y] = [X.data.map((value) => value - 0.5), Y.data.map((value) => value + 0.25)];
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const ones = new Float64Array(m).fill(1);
  const moments = Moments.fromSums(rows, {
    rows: m,
    weight: m,
    centre,
    deviations: Float64Array.of(dot(ones, x), dot(ones, y)),
    products: Float64Array.of(dot(x, x), dot(x, y), 0, dot(y, y)),
  });
  const parts = ({ meanX, meanY, sxx, sxy, syy }: Moments) => [
    ...meanX,
    ...meanY,
    ...sxx.data,
    ...sxy.data,
    ...syy.data,
  ];
  return close(parts(moments), parts(Moments.of(rows)));
}

/** Whether a piece of SQL that would leave its place is refused. */
export const sqlIsHeld = (): boolean =>
  ["1) FROM t --", "1; DROP TABLE t", "'open"].every((sql) => {
    try {
      bracketed("where", sql);
      return false;
    } catch {
      return true;
    }
  });

/** Whether ∂J/∂w and ∂J/∂b, as one step of descent shows them, agree with central differences of J. */
export function scratchGradient(): boolean {
  const draw = new Torch(1);
  const X = new Matrix(m, n, draw.randn(m * n));
  const Y = new Matrix(m, k, draw.randn(m * k));
  const model = new LinearRegression(n, k, { lambda, generator: draw });
  const J = () => mse(model.predict(X), Y) + (lambda / 2) * model.w.data.reduce((sum, x) => sum + x * x, 0);
  const [w, b] = [model.w.data, model.b.data];
  const expected = [...differences(J, w), ...differences(J, b)];
  const before = [...w, ...b];
  const lr = 2 ** -20;
  model.update(X, Y, model.predict(X), lr);
  const after = [...model.w.data, ...model.b.data];
  return close(
    before.map((x, i) => (x - after[i]!) / lr),
    expected,
  );
}

/** Whether autograd's gradient of the peer's loss, by parameters and data, agrees with central differences. */
export function autogradGradient(): boolean {
  const draw = new Torch(2);
  const layer = new Linear(n, k, { generator: draw });
  const x = Tensor.from(new Matrix(m, n, draw.randn(m * n)), { requiresGrad: true });
  const y = Tensor.from(new Matrix(m, k, draw.randn(m * k)), { requiresGrad: true });
  const loss = () => new MSELoss().forward(layer.forward(x), y);
  loss().backward();
  return [layer.weight, layer.bias, x, y].every((parameter) =>
    close(
      [...parameter.grad!.data],
      differences(() => loss().item(), parameter.data),
    ),
  );
}

/** Central differences of f in every entry of a parameter. */
function differences(f: () => number, parameter: Float64Array): number[] {
  const h = 1e-5;
  return Array.from(parameter, (x, i) => {
    parameter[i] = x + h;
    const above = f();
    parameter[i] = x - h;
    const below = f();
    parameter[i] = x;
    return (above - below) / (2 * h);
  });
}

const close = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, i) => Math.abs(x - b[i]!) < 1e-6);
