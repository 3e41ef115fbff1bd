import { Ell2Error } from "../errors.js";
import { show } from "../numbers/check.js";
import { Module } from "./module.js";
import { sameShape, showShape } from "./shape.js";
import { Tensor } from "./tensor.js";

/**
 * The mean squared error, mean (input − target)² over all entries.
 * Source: PyTorch's `nn.MSELoss` with the reduction "mean".
 */
export class MSELoss extends Module {
  /**
   * Σ (input − target)² / numel: each column by `columnSums`, then these from left to right.
   * @param input the predictions, of any shape
   * @param target of the same shape; PyTorch would broadcast, [20×1] against [20] to [20×20]
   * @returns shape []
   * @throws SHAPE where the shapes differ, VALUE for what is no tensor
   */
  override forward(input: Tensor, target: Tensor): Tensor {
    const where = "nn.MSELoss.forward";
    for (const value of [input, target]) {
      if (value instanceof Tensor) continue;
      throw new Ell2Error("VALUE", { where, expected: "two tensors", got: show(value) });
    }
    if (!sameShape(input.shape, target.shape)) {
      throw new Ell2Error("SHAPE", {
        where,
        expected: "input and target of the same shape",
        got: `${showShape(input.shape)} and ${showShape(target.shape)}`,
        remedy: "give a single target as a column [m×1] on both sides",
      });
    }
    return input.sub(target).pow(2).mean();
  }
}
