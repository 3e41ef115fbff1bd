import type { LogEntry } from "../model/linearRegression.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { MSELoss } from "../nn/mseLoss.js";
import { noGrad } from "../nn/noGrad.js";
import { SGD } from "../nn/sgd.js";
import type { Tensor } from "../nn/tensor.js";
import type { Torch } from "../random/torch.js";

/** What one epoch needs of an optimiser. */
export interface Steps {
  zeroGrad(): void;
  step(): void;
}

/**
 * The notebook's prebuilt peer: a linear layer and a mean squared error, with gradients from
 * autograd and steps from an optimiser. It shares no arithmetic with the model from scratch.
 */
export class TorchLinearRegression extends Module {
  readonly layer: Linear;
  readonly loss = new MSELoss();

  /**
   * @param nFeatures n ≥ 1
   * @param outFeatures k ≥ 1
   * @param options.generator where the layer's parameters are drawn from
   */
  constructor(nFeatures: number, outFeatures: number, options: { generator?: Torch } = {}) {
    super();
    this.layer = new Linear(nFeatures, outFeatures, options);
  }

  override forward(x: Tensor): Tensor {
    return this.layer.forward(x);
  }

  /** The MSE of the predictions for x [m×n] against y [m×k], without gradients. */
  evaluate(x: Tensor, y: Tensor): number {
    this.eval();
    return noGrad(() => this.loss.forward(this.forward(x), y).item());
  }

  /** One epoch over batches in row order; returns each batch's loss, taken before its step. */
  trainEpoch(optimizer: Steps, x: Tensor, y: Tensor, batchSize: number): number[] {
    this.train();
    const losses: number[] = [];
    for (let batch = 0; batch < y.shape[0]!; batch += batchSize) {
      const yPred = this.forward(x.slice(batch, batch + batchSize));
      const loss = this.loss.forward(yPred, y.slice(batch, batch + batchSize));
      losses.push(loss.item());
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    }
    return losses;
  }

  /**
   * The notebook's `fit`: SGD with two groups of parameters, of which the weight alone is decayed.
   * @param x [m×n]
   * @param y [m×k]
   * @param xValid [v×n]
   * @param yValid [v×k]
   * @param weightDecay λ ≥ 0
   */
  fit(
    x: Tensor,
    y: Tensor,
    epochs: number,
    lr: number,
    batchSize: number,
    xValid: Tensor,
    yValid: Tensor,
    weightDecay: number,
  ): LogEntry[] {
    const optimizer = new SGD([{ params: this.layer.weight, weightDecay }, { params: this.layer.bias }], {
      lr,
    });
    const log: LogEntry[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const losses = this.trainEpoch(optimizer, x, y, batchSize);
      const mse = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      log.push({ epoch, mse, mseValid: this.evaluate(xValid, yValid) });
    }
    return log;
  }
}
