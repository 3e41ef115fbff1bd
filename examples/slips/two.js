/** Wrong twice: the 2 of the square's derivative is missing, and the weight is not decayed. */
export function update(x, yTrue, yPred, lr) {
  const delta = yPred.minus(yTrue).times(1 / yTrue.numel);
  this.b = this.b.minus(delta.sum(0).times(lr));
  this.w = this.w.minus(x.T.matmul(delta).times(lr));
}
