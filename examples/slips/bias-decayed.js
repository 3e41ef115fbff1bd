/** Wrong: the penalty is taken of the bias too. */
export function update(x, yTrue, yPred, lr) {
  const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
  this.b = this.b.minus(delta.sum(0).plus(this.b.times(this.lambda)).times(lr));
  this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
}
