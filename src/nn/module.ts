import { checkBoolean } from "../numbers/check.js";
import { Tensor } from "./tensor.js";

/**
 * A part of a model: it holds parameters and other modules in its own properties, and computes in
 * `forward`.
 *
 * A parameter is a property that holds a leaf tensor with `requiresGrad`. Properties are what
 * counts, as in PyTorch: arrays and #private fields are not searched.
 * Source: PyTorch's `nn.Module`.
 */
export abstract class Module {
  /** Whether the module is being trained: true until `eval`. Nothing in ell2 behaves differently by it. */
  training = true;

  /** The module's output for its inputs. */
  abstract forward(...inputs: Tensor[]): Tensor;

  /** The parameters of this module, then of the modules in it, each once. */
  parameters(): Tensor[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /**
   * The parameters with their names, such as "layer.weight": those of this module, then of the
   * modules in it, in the order of their properties. What is reachable twice has its first name.
   */
  namedParameters(): [name: string, parameter: Tensor][] {
    const seen = new Set<Tensor>();
    const out: [string, Tensor][] = [];
    for (const [prefix, module] of this.#modules()) {
      for (const [name, value] of Object.entries(module)) {
        if (!(value instanceof Tensor && value.requiresGrad && value.isLeaf) || seen.has(value)) continue;
        seen.add(value);
        out.push([prefix + name, value]);
      }
    }
    return out;
  }

  /**
   * Sets `training` here and in the modules inside, and returns this module.
   * @param mode true by default
   * @throws VALUE for a mode that is not true or false
   */
  train(mode = true): this {
    checkBoolean("nn.Module.train", "mode", mode);
    for (const [, module] of this.#modules()) module.training = mode;
    return this;
  }

  /** `train(false)` */
  eval(): this {
    return this.train(false);
  }

  /** Sets the `grad` of every parameter to null. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** This module and those inside, each once, with what their parameters' names begin with. */
  #modules(prefix = "", seen = new Set<Module>()): [prefix: string, module: Module][] {
    if (seen.has(this)) return [];
    seen.add(this);
    const out: [string, Module][] = [[prefix, this]];
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Module) out.push(...value.#modules(`${prefix}${name}.`, seen));
    }
    return out;
  }
}
