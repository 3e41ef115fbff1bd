/** One step of gradient descent on J = 1/(mk)·‖Xw + 1bᵀ − Y‖² + (λ/2)·‖w‖²; the bias is not decayed. */
export function update(x, yTrue, yPred, lr) {
  const delta = yPred.minus(yTrue).times(2 / yTrue.numel);
  this.b = this.b.minus(delta.sum(0).times(lr));
  this.w = this.w.minus(x.T.matmul(delta).plus(this.w.times(this.lambda)).times(lr));
}
