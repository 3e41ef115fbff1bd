import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Editor } from "./editor.js";
import type { EditorProps } from "./store.js";

/** The page's editor for a rule: a text area until it is opened. */
export function RuleEditor({ label, text, verdict, write, children }: EditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useSignal<Editor | null>(null);
  const opened = useSignal(false);
  useEffect(() => () => editor.peek()?.close(), []);
  const open = () => {
    opened.value = true;
    import("./editor.js").then(
      ({ openEditor }) => {
        if (box.current) editor.value = openEditor(box.current, text.value, label, write);
      },
      // the text area does as well
      () => {},
    );
  };
  const [now, said] = [text.value, verdict.value];
  // what it holds itself by then, unless another rule was chosen
  useEffect(() => editor.value?.set(text.value), [now]);
  useEffect(() => editor.value?.mark(said?.line ?? null, said?.message ?? ""), [said, editor.value]);
  return (
    <>
      <div ref={box} />
      {editor.value === null ? children : null}
      {opened.value ? null : (
        <button type="button" onClick={open}>
          Open the editor
        </button>
      )}
    </>
  );
}
