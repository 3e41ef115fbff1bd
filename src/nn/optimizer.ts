import { Ell2Error } from "../errors.js";
import { checkOptions, show } from "../numbers/check.js";
import { Tensor } from "./tensor.js";

/** Parameters that share options; options left out have the optimiser's values. */
export type ParamGroup<O> = { params: Tensor | readonly Tensor[] } & Partial<O>;

/** What an optimiser takes: parameters, or groups of them. */
export type Params<O> = readonly Tensor[] | readonly ParamGroup<O>[];

/**
 * What the optimisers share: groups of parameters, each with its options, and a state for each
 * parameter.
 *
 * `paramGroups` may be changed between steps (a rate that falls: `paramGroups[0].lr = …`); each
 * step checks the options again.
 * Source: PyTorch's `optim.Optimizer`.
 *
 * @typeParam O the options @typeParam S what is remembered of a parameter from step to step
 */
export abstract class Optimizer<O extends object, S> {
  /** The groups, with every option filled in. */
  readonly paramGroups: ({ params: readonly Tensor[] } & O)[];
  readonly #where: string;
  readonly #check: (where: string, options: O) => void;
  readonly #states = new Map<Tensor, S>();

  /**
   * @param where the optimiser's name in messages
   * @param params what the caller gave
   * @param options what the caller gave; each group's own options go before
   * @param defaults every option with its value
   * @param check throws if options have values that cannot be
   * @throws VALUE if there is no parameter, something that is no leaf tensor with requiresGrad, or
   *   one tensor twice; OPTION for an unknown option; and what `check` throws
   */
  protected constructor(
    where: string,
    params: Params<O>,
    options: Partial<O>,
    defaults: O,
    check: (where: string, options: O) => void,
  ) {
    this.#where = where;
    this.#check = check;
    const names = Object.keys(defaults);
    checkOptions(where, options, names);
    this.paramGroups = asGroups<O>(where, params).map((group) => {
      checkOptions(`${where} group`, group, ["params", ...names]);
      const filled = { ...fill(group, fill(options, defaults)), params: [group.params].flat() as Tensor[] };
      check(where, filled);
      return filled;
    });
    checkParameters(
      where,
      this.paramGroups.map((group) => group.params),
    );
  }

  /**
   * One step: changes every parameter that has a `grad`, in place. A parameter without one is
   * skipped, and not decayed.
   * @throws VALUE or OPTION if a group's options were changed to what cannot be; nothing has changed then
   */
  step(): void {
    for (const group of this.paramGroups) this.#check(this.#where, group);
    for (const group of this.paramGroups) {
      for (const parameter of group.params) {
        if (parameter.grad === null) continue;
        let state = this.#states.get(parameter);
        if (state === undefined) {
          state = this.begin(parameter.numel);
          this.#states.set(parameter, state);
        }
        this.update(parameter.data, parameter.grad.data, group, state);
      }
    }
  }

  /** Sets the `grad` of every parameter to null. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const parameter of params) parameter.grad = null;
  }

  /** The state of a parameter of `size` entries before its first step. */
  protected abstract begin(size: number): S;

  /**
   * The step of one parameter.
   * @param p its entries, changed in place
   * @param grad their gradients, not changed
   */
  protected abstract update(p: Float64Array, grad: Float64Array, options: O, state: S): void;
}

/** The values that `given` has of those in `defaults`, and `defaults` for the rest. */
function fill<O extends object>(given: Partial<O>, defaults: O): O {
  const out = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof O)[]) {
    const value = given[name];
    if (value !== undefined) out[name] = value as O[keyof O];
  }
  return out;
}

/** Plain parameters as one group. */
function asGroups<O>(where: string, params: Params<O>): readonly ParamGroup<O>[] {
  if (!Array.isArray(params)) {
    throw new Ell2Error("VALUE", {
      where,
      expected: "an array of parameters or of groups {params, …}",
      got: show(params),
    });
  }
  if (params.length > 0 && params.every((item) => !(item instanceof Tensor)))
    return params as ParamGroup<O>[];
  return [{ params: params as readonly Tensor[] } as ParamGroup<O>];
}

function checkParameters(where: string, groups: readonly (readonly unknown[])[]): void {
  const seen = new Set<Tensor>();
  for (const params of groups) {
    if (params.length === 0) {
      throw new Ell2Error("VALUE", { where, expected: "at least one parameter in each group", got: "none" });
    }
    for (const parameter of params) {
      if (!(parameter instanceof Tensor && parameter.isLeaf && parameter.requiresGrad)) {
        throw new Ell2Error("VALUE", {
          where,
          expected: "each parameter to be a leaf tensor with requiresGrad",
          got: parameter instanceof Tensor ? "another tensor" : show(parameter),
        });
      }
      if (seen.has(parameter)) {
        throw new Ell2Error("VALUE", { where, expected: "each parameter once", got: "one tensor twice" });
      }
      seen.add(parameter);
    }
  }
}
