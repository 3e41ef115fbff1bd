/** Rules to begin with: the notebook's, and others that go wrong, each in its own way. */

const RIGHT = `// x [m×n], yTrue [m×k], yPred [m×k]; this.w [n×k], this.b [1×k]
function update(x, yTrue, yPred, lr) {
  const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
  const gradient = x.T.matmul(delta).plus(this.w.times(this.lambda));
  this.b = this.b.minus(delta.sum(0).times(lr));
  this.w = this.w.minus(gradient.times(lr));
}
`;

const but = (...changes: [from: string, to: string][]) =>
  changes.reduce((text, [from, to]) => text.replace(from, () => to), RIGHT);

const FORGOTTEN: [string, string] = [".plus(this.w.times(this.lambda))", ""];
const HALVED: [string, string] = ["2 / yTrue.numel", "1 / yTrue.numel"];

export const RULES: readonly (readonly [label: string, text: string])[] = [
  ["The notebook's", RIGHT],
  ["No decay", but(FORGOTTEN)],
  ["Without the 2", but(HALVED)],
  ["Rows alone", but(["2 / yTrue.numel", "2 / yTrue.rows"])],
  ["Bias decays too", but(["delta.sum(0)", "delta.sum(0).plus(this.b.times(this.lambda))"])],
  ["Wrong way round", but(["yPred.minus(yTrue)", "yTrue.minus(yPred)"])],
  [
    "Decay at any rate",
    but(FORGOTTEN, ["gradient.times(lr)", "gradient.times(lr)).minus(this.w.times(this.lambda)"]),
  ],
  ["Two slips", but(HALVED, FORGOTTEN)],
  ["Wrong shape", but(["gradient.times(lr)", "gradient.times(lr)).T.matmul(this.w"])],
  ["It throws", but(["delta.sum(0)", "error.sum(0)"])],
  ["An arrow", but(["function update(x, yTrue, yPred, lr) {", "const update = (x, yTrue, yPred, lr) => {"])],
  ["Without end", but(["  this.b", "  while (lr > 0) gradient.sum();\n  this.b"])],
];
