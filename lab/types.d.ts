/** What the widget shows. */
export interface WidgetOptions {
  /** Parts, in their order; training and what λ does by default. */
  parts?: readonly ("data" | "model" | "training" | "comparison" | "decay" | "rule" | "take")[];
  /** A setting to begin with; the notebook's by default. */
  preset?: "notebook" | "decides" | "twins" | "outlier" | "wide";
  /** Controls that are not shown, by the name of what they set; "data" hides presets and files too. */
  hide?: readonly (keyof WidgetSettings)[];
  /** Values to begin with, on top of the preset. */
  set?: Partial<WidgetSettings>;
}

/** What can be set; a value outside its range is refused. */
export interface WidgetSettings {
  data: "regression" | "small" | "twins" | "outlier";
  seed: number;
  train: number;
  valid: number;
  features: number;
  targets: number;
  informative: number;
  noise: number;
  standardize: boolean;
  start: "torch" | "zeros";
  lambda: number;
  lr: number;
  batch: number;
  epochs: number;
  momentum: number;
  optimizer: "sgd" | "adam" | "adamw";
  decayBias: boolean;
  target: number;
  first: number;
  second: number;
  steps: number;
}

/**
 * Puts a lab into an element of a page; returns a function that takes it out again and ends its worker.
 * Throws an Ell2Error: OPTION for a name that does not exist, VALUE for what a setting cannot have.
 */
export function mount(element: HTMLElement, options?: WidgetOptions): () => void;

/** The form that anywidget, MyST and marimo ask for; the options are read from the model. */
declare const widget: {
  initialize(): void;
  render(context: {
    model: {
      get(name: string): unknown;
      on?(event: string, callback: () => void): void;
      off?(event: string, callback: () => void): void;
    };
    el: HTMLElement;
    signal?: AbortSignal;
  }): () => void;
};
export default widget;
