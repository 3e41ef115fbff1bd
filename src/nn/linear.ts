import { Ell2Error } from "../errors.js";
import { checkInteger, checkOptions, show } from "../numbers/check.js";
import { defaultGenerator, Torch } from "../random/torch.js";
import { Module } from "./module.js";
import { showShape } from "./shape.js";
import { Tensor } from "./tensor.js";

/** The options of `nn.Linear`. */
export interface LinearOptions {
  /** What the first parameters are drawn from; the generator that `manualSeed` seeds unless given. */
  generator?: Torch;
}

/**
 * The affine map x ↦ x·weightᵀ + bias.
 *
 * Both parameters start uniform in ±1/√inFeatures, drawn row by row, the weight first: the same
 * numbers as PyTorch's for the same seed.
 * Source: PyTorch's `nn.Linear` in float64; its bound for the weight is Kaiming's with a = √5,
 * √3·(√(2/(1 + a²))/√inFeatures), which is rounded otherwise than the bias's.
 */
export class Linear extends Module {
  /** n. */
  readonly inFeatures: number;
  /** k. */
  readonly outFeatures: number;
  /** [outFeatures×inFeatures] */
  readonly weight: Tensor;
  /** [outFeatures] */
  readonly bias: Tensor;

  /**
   * @param inFeatures n ≥ 1
   * @param outFeatures k ≥ 1
   * @param options.generator a `random.Torch`
   * @throws VALUE for sizes that are not whole or below 1, or for another generator; OPTION for an
   *   unknown option
   */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    const where = "nn.Linear";
    checkOptions(where, options, ["generator"]);
    const { generator = defaultGenerator } = options;
    if (!(generator instanceof Torch)) {
      throw new Ell2Error("VALUE", {
        where,
        expected: "generator to be a random.Torch",
        got: show(generator),
      });
    }
    this.inFeatures = checkInteger(where, "inFeatures", inFeatures, 1);
    this.outFeatures = checkInteger(where, "outFeatures", outFeatures, 1);
    const a = Math.sqrt(5);
    const weightBound = Math.sqrt(3) * (Math.sqrt(2 / (1 + a * a)) / Math.sqrt(inFeatures));
    const biasBound = 1 / Math.sqrt(inFeatures);
    const draw = (bound: number, shape: number[], size: number) =>
      new Tensor(generator.uniform(-bound, bound, size), shape, { requiresGrad: true });
    this.weight = draw(weightBound, [outFeatures, inFeatures], outFeatures * inFeatures);
    this.bias = draw(biasBound, [outFeatures], outFeatures);
  }

  /**
   * x·weightᵀ + bias, features summed from left to right, then the bias.
   * @param x [m×inFeatures]
   * @returns [m×outFeatures]
   * @throws SHAPE for another number of dimensions or columns
   */
  override forward(x: Tensor): Tensor {
    if (!(x instanceof Tensor && x.shape.length === 2 && x.shape[1] === this.inFeatures)) {
      throw new Ell2Error("SHAPE", {
        where: "nn.Linear.forward",
        expected: `[m×${this.inFeatures}]`,
        got: x instanceof Tensor ? showShape(x.shape) : show(x),
      });
    }
    return x.matmul(this.weight.T).add(this.bias);
  }
}
