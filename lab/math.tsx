import formulas from "lab:formulas";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * A formula of formulas.json as MathML.
 * @param of its name
 * @param values what stands in place of @name
 */
export function Formula({ of, values = {} }: { of: string; values?: Record<string, string> }) {
  const box = useRef<HTMLDivElement>(null);
  const places = useRef<Map<Element, string>>(new Map());
  useLayoutEffect(() => {
    for (const text of box.current!.querySelectorAll("mtext")) {
      if (text.textContent!.startsWith("@")) places.current.set(text, text.textContent!.slice(1));
    }
  }, []);
  useLayoutEffect(() => {
    let grown = false;
    for (const [text, name] of places.current) {
      const value = values[name] ?? "…";
      grown ||= value.length !== text.textContent!.length;
      if (value !== text.textContent) text.textContent = value;
    }
    if (grown) reachable(box.current!);
  });
  useLayoutEffect(() => {
    const resized = new ResizeObserver(() => reachable(box.current!));
    resized.observe(box.current!);
    return () => resized.disconnect();
  }, []);
  return <div class="formula" ref={box} {...markup(formulas[of]!)} />;
}

/** A formula that is too wide scrolls, and must be reached by keyboard then. */
function reachable(element: HTMLElement): void {
  const wide = element.scrollWidth > element.clientWidth;
  for (const [name, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": "formula" })) {
    if (wide) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }
}

/** What is markup by construction: formulas of the build, and charts, which escape what stands in them. */
export const markup = (html: string) => ({ dangerouslySetInnerHTML: { __html: html } });
