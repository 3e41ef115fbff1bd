import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Lab } from "./store.js";

type Section = ComponentType<{ lab: Lab }>;

/**
 * A section whose code comes after the first picture: when the engine has answered, and the page is idle.
 * @param title stands in its place until then
 */
export function later(id: string, title: string, load: () => Promise<Section>): Section {
  const loaded = signal<Section | null>(null);
  return function Later({ lab }) {
    const begun = lab.snapshot.value !== null;
    useEffect(() => {
      if (begun && loaded.value === null) {
        const fetch = () =>
          load().then(
            (section) => {
              loaded.value = section;
            },
            () => {
              lab.problem.value = `The part "${title}" could not be loaded: load the page again.`;
            },
          );
        if (typeof requestIdleCallback === "function") {
          const idle = requestIdleCallback(fetch, { timeout: 500 });
          return () => cancelIdleCallback(idle);
        }
        const timer = setTimeout(fetch, 50);
        return () => clearTimeout(timer);
      }
      return undefined;
    }, [begun]);
    const Loaded = loaded.value;
    if (Loaded !== null) return <Loaded lab={lab} />;
    return (
      <section aria-labelledby={lab.place(id)} aria-busy="true">
        <h2 id={lab.place(id)}>{title}</h2>
      </section>
    );
  };
}
