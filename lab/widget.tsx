import style from "lab:style";
import { render as renderInto } from "preact";
import { App, PARTS } from "./app.js";
import { PRESETS } from "./presets.js";
import { defaults } from "./state.js";
import { createLab } from "./store.js";
import type { WidgetOptions } from "./types.js";

/**
 * Puts a lab into an element of a page.
 * @param options.parts of data, model, training, comparison, decay, rule, take
 * @param options.preset notebook, decides, twins, outlier or wide
 * @returns a function that takes it out again, and ends its worker
 * @throws an Error for a part or a preset that does not exist
 */
export function mount(element: HTMLElement, options: WidgetOptions = {}): () => void {
  const parts = options.parts ?? ["training", "decay"];
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined)
    throw new Error(`ell2 widget: no part ${unknown}; there are ${PARTS.join(", ")}`);
  const preset = options.preset ?? "notebook";
  if (!Object.hasOwn(PRESETS, preset)) {
    throw new Error(`ell2 widget: no preset ${preset}; there are ${Object.keys(PRESETS).join(", ")}`);
  }
  const takeStyle = addStyle(element);
  const box = document.createElement("div");
  box.className = "ell2-lab ell2-widget";
  element.append(box);
  const lab = createLab(
    { ...defaults(), ...PRESETS[preset]!.set },
    { linked: false, recorded: null, editor: null },
  );
  renderInto(<App lab={lab} parts={parts} />, box);
  return () => {
    renderInto(null, box);
    lab.close();
    box.remove();
    takeStyle();
  };
}

const sheets = new WeakMap<Document | ShadowRoot, { sheet: CSSStyleSheet; uses: number }>();

/** Styles the root that the element is in (a shadow root, or the page), once; returns what takes it back. */
function addStyle(element: HTMLElement): () => void {
  const found = element.getRootNode();
  const root = found instanceof ShadowRoot ? found : element.ownerDocument;
  const entry = sheets.get(root) ?? { sheet: new CSSStyleSheet(), uses: 0 };
  if (entry.uses++ === 0) {
    entry.sheet.replaceSync(style);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, entry.sheet];
    sheets.set(root, entry);
  }
  return () => {
    if (--entry.uses > 0) return;
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== entry.sheet);
    sheets.delete(root);
  };
}

/** What the widget asks of a host's model: MyST's throws on everything else. */
interface HostModel {
  get(name: string): unknown;
}

/** Options as a host's model has them; what it does not have, or throws at, is left out. */
function optionsOf(model: HostModel): WidgetOptions {
  const read = (name: string): unknown => {
    try {
      return model.get(name) ?? undefined;
    } catch {
      return undefined;
    }
  };
  const [parts, preset] = [read("parts"), read("preset")];
  return {
    ...(Array.isArray(parts) ? { parts: parts as NonNullable<WidgetOptions["parts"]> } : {}),
    ...(typeof preset === "string" ? { preset: preset as NonNullable<WidgetOptions["preset"]> } : {}),
  };
}

/** The form that anywidget, MyST and marimo ask for. */
export default {
  initialize(): void {},
  render({ model, el }: { model: HostModel; el: HTMLElement }): () => void {
    try {
      return mount(el, optionsOf(model));
    } catch (error) {
      el.textContent = (error as Error).message;
      return () => {};
    }
  },
};
