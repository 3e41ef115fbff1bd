import style from "lab:style";
import { render as renderInto } from "preact";
import { App, type Sections } from "./app.js";
import { follow, type HostModel, optionsOf } from "./host.js";
import { readOptions, type Shown } from "./options.js";
import { ComparisonSection } from "./sections/comparison.js";
import { DataSection } from "./sections/data.js";
import { DecaySection } from "./sections/decay.js";
import { ModelSection } from "./sections/model.js";
import { RuleSection } from "./sections/rule.js";
import { TakeSection } from "./sections/take.js";
import { TrainingSection } from "./sections/training.js";
import { createLab } from "./store.js";
import type { WidgetOptions } from "./types.js";

const SECTIONS: Sections = {
  data: DataSection,
  model: ModelSection,
  training: TrainingSection,
  comparison: ComparisonSection,
  decay: DecaySection,
  rule: RuleSection,
  take: TakeSection,
};

/**
 * Puts a lab into an element of a page.
 * @param options.parts of data, model, training, comparison, decay, rule, take
 * @param options.preset notebook, decides, twins, outlier or wide
 * @param options.hide controls that are not shown, by the name of what they set, such as "lr"
 * @param options.set values to begin with, by name, on top of the preset
 * @returns a function that takes it out again, and ends its worker
 * @throws Ell2Error OPTION for a name that does not exist, VALUE for what a setting cannot have
 */
export function mount(element: HTMLElement, options: WidgetOptions = {}): () => void {
  return show(element, readOptions(options)).close;
}

/** A lab in an element; `change` leaves running what need not begin anew. */
function show(element: HTMLElement, first: Shown): { change(options: WidgetOptions): void; close(): void } {
  const takeStyle = addStyle(element);
  const box = document.createElement("div");
  box.className = "ell2-lab ell2-widget";
  // JupyterLab's keys are for its cells, not for what has the focus in them
  box.addEventListener("focusin", ({ target }) => {
    (target as Element).setAttribute("data-lm-suppress-shortcuts", "true");
  });
  element.append(box);
  const lab = createLab(first.state, { linked: false, recorded: null, editor: null, hidden: first.hidden });
  const draw = (parts: Shown["parts"]) =>
    renderInto(<App lab={lab} parts={parts} sections={SECTIONS} />, box);
  draw(first.parts);
  let begun = JSON.stringify(first.state);
  let closed = false;
  return {
    change(options) {
      try {
        const { parts, hidden, state } = readOptions(options);
        lab.hidden.value = hidden;
        draw(parts);
        if (begun !== JSON.stringify(state)) lab.put(state);
        begun = JSON.stringify(state);
      } catch (error) {
        lab.problem.value = (error as Error).message;
      }
    },
    close() {
      if (closed) return;
      closed = true;
      renderInto(null, box);
      lab.close();
      box.remove();
      takeStyle();
    },
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

/** The form that anywidget, MyST and marimo ask for. */
export default {
  initialize(): void {},
  render({ model, el, signal }: { model: HostModel; el: HTMLElement; signal?: AbortSignal }): () => void {
    try {
      const { change, close } = show(el, readOptions(optionsOf(model)));
      const leave = follow(model, change);
      const end = () => {
        leave();
        close();
      };
      // newer hosts have a signal, and may call what is returned too
      signal?.addEventListener("abort", end, { once: true });
      return end;
    } catch (error) {
      el.textContent = (error as Error).message;
      return () => {
        el.textContent = "";
      };
    }
  },
};
