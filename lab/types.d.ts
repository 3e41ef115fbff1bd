/** What the widget shows. */
export interface WidgetOptions {
  /** Parts, in their order; training and what λ does by default. */
  parts?: readonly ("data" | "model" | "training" | "comparison" | "decay" | "rule" | "take")[];
  /** A setting to begin with; the notebook's by default. */
  preset?: "notebook" | "decides" | "twins" | "outlier" | "wide";
}

/**
 * Puts a lab into an element of a page; returns a function that takes it out again and ends its worker.
 * Throws an Error for a part or a preset that does not exist.
 */
export function mount(element: HTMLElement, options?: WidgetOptions): () => void;

/** The form that anywidget, MyST and marimo ask for; parts and preset are read from the model. */
declare const widget: {
  initialize(): void;
  render(context: { model: { get(name: string): unknown }; el: HTMLElement }): () => void;
};
export default widget;
