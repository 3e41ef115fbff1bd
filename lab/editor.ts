/** The page's editor for a rule: CodeMirror, loaded when it is asked for. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface Editor {
  set(text: string): void;
  /** Marks a line, counted from 1; takes the mark away where there is none. */
  mark(line: number | null, message: string): void;
  close(): void;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: "var(--ell2-muted)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.self], color: "var(--ell2-4)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--ell2-2)" },
  { tag: tags.string, color: "var(--ell2-3)" },
  { tag: [tags.propertyName, tags.function(tags.variableName)], color: "var(--ell2-1)" },
]);

const STYLE = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--panel)",
    fontSize: "0.85rem",
    border: "1px solid var(--edge)",
    borderRadius: "0.4rem",
    marginBottom: "0.6rem",
  },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
  ".cm-gutters": { color: "var(--ell2-muted)", backgroundColor: "transparent", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  "& ::selection": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--page)", borderColor: "var(--edge)" },
});

/** Chromium would keep the style of a text that is typed over, in an attribute that the page's policy refuses aloud. */
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    if (inputType !== "insertText" || data === null || view.composing || view.state.selection.main.empty)
      return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: "input.type" });
    return true;
  },
});

/**
 * Puts an editor into an element. It sits in a shadow root, where its style needs no leave of the page's policy.
 * @param label its name for a screen reader
 */
export function openEditor(
  box: HTMLElement,
  text: string,
  label: string,
  onChange: (text: string) => void,
): Editor {
  const root = box.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        indentOnInput(),
        bracketMatching(),
        javascript(),
        syntaxHighlighting(COLOURS),
        STYLE,
        TYPED_OVER,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        // Tab leads on to the next control, as everywhere in the page
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) onChange(state.doc.toString());
        }),
      ],
    }),
  });
  return {
    set(next) {
      if (next !== view.state.doc.toString())
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    mark(line, message) {
      const { doc } = view.state;
      const marked = line === null ? [] : [doc.line(Math.min(line, doc.lines))];
      const found = marked.map(({ from, to }) => ({ from, to, severity: "error" as const, message }));
      view.dispatch(setDiagnostics(view.state, found));
    },
    close: () => view.destroy(),
  };
}
