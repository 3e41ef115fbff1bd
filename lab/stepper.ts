import { type Dataset, fit, type LinearRegression, nn, optim } from "ell2";
import type { State } from "./state.js";

/** How training is set, of the whole state. */
export type Settings = Pick<State, "lambda" | "lr" | "momentum" | "optimizer" | "decayBias">;

/** Makes the step of one batch. */
export interface Stepper {
  /** Takes the batch's loss, steps, and returns the loss. */
  step(batch: Dataset): number;
  /** Takes new settings without forgetting where it was. */
  set(settings: Settings): void;
}

/** Whether the model from scratch makes these steps itself; what else there is, nn and its optimisers make. */
export const fromScratch = ({ optimizer, momentum, decayBias }: Settings): boolean =>
  optimizer === "sgd" && momentum === 0 && !decayBias;

/** What must be the same for a stepper to go on. */
export const kindOf = (settings: Settings): string =>
  fromScratch(settings) ? "scratch" : `${settings.optimizer} ${settings.momentum > 0}`;

export const stepperOf = (model: LinearRegression, settings: Settings): Stepper =>
  fromScratch(settings) ? new ScratchStepper(model, settings) : new OptimStepper(model, settings);

/** The model's own step: w ← w − lr·(Xᵀδ + λw). */
class ScratchStepper implements Stepper {
  constructor(
    private readonly model: LinearRegression,
    private settings: Settings,
  ) {}

  set(settings: Settings): void {
    this.settings = settings;
  }

  step(batch: Dataset): number {
    return fit(this.model, batch, { epochs: 1, lr: this.settings.lr, strategy: "rows" }).log[0]!.mse;
  }
}

/** A linear layer with the model's parameters, autograd, and an optimiser of two groups. */
class OptimStepper implements Stepper {
  readonly #layer: nn.Linear;
  readonly #loss = new nn.MSELoss();
  readonly #optimizer: optim.SGD | optim.Adam | optim.AdamW;
  readonly #batches = new WeakMap<Dataset, { x: nn.Tensor; y: nn.Tensor }>();

  constructor(
    private readonly model: LinearRegression,
    settings: Settings,
  ) {
    const { w, b } = model;
    this.#layer = new nn.Linear(w.rows, w.cols);
    this.#layer.weight.data.set(w.T.data);
    this.#layer.bias.data.set(b.data);
    const groups = [{ params: this.#layer.weight }, { params: this.#layer.bias }];
    const { lr, momentum } = settings;
    this.#optimizer =
      settings.optimizer === "sgd"
        ? new optim.SGD(groups, { lr, momentum })
        : new optim[settings.optimizer === "adam" ? "Adam" : "AdamW"](groups, { lr });
    this.set(settings);
  }

  set({ lr, lambda, momentum, decayBias }: Settings): void {
    const [weight, bias] = this.#optimizer.paramGroups;
    for (const group of [weight!, bias!]) {
      group.lr = lr;
      if ("momentum" in group) group.momentum = momentum;
    }
    weight!.weightDecay = lambda;
    bias!.weightDecay = decayBias ? lambda : 0;
  }

  step(batch: Dataset): number {
    const { weight, bias } = this.#layer;
    let tensors = this.#batches.get(batch);
    if (tensors === undefined) {
      tensors = { x: nn.Tensor.from(batch.X), y: nn.Tensor.from(batch.Y) };
      this.#batches.set(batch, tensors);
    }
    const loss = this.#loss.forward(this.#layer.forward(tensors.x), tensors.y);
    this.#optimizer.zeroGrad();
    loss.backward();
    this.#optimizer.step();
    const { w, b } = this.model;
    if (![...weight.data, ...bias.data, loss.item()].every(Number.isFinite)) return Number.NaN;
    w.data.set(weight.toMatrix().T.data);
    b.data.set(bias.data);
    return loss.item();
  }
}
