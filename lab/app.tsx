import type { ComponentType } from "preact";
import { NumberControl } from "./controls.js";
import { figure } from "./numbers.js";
import type { Lab } from "./store.js";

/** The parts that can be shown, in their order. */
export const PARTS = ["data", "model", "training", "comparison", "decay", "rule", "take"] as const;
export type Part = (typeof PARTS)[number];

/** What shows each part. */
export type Sections = Record<Part, ComponentType<{ lab: Lab }>>;

export function App({ lab, parts, sections }: { lab: Lab; parts: readonly Part[]; sections: Sections }) {
  return (
    <>
      {lab.problem.value ? (
        <p class="wrong banner" role="alert">
          {lab.problem.value}
        </p>
      ) : null}
      {parts.map((part) => {
        const Section = sections[part];
        return <Section lab={lab} key={part} />;
      })}
      <Dock lab={lab} />
      <p class="hidden" role="status" aria-live="polite">
        {lab.status.value}
      </p>
    </>
  );
}

/** What is at hand wherever one reads: run, λ, where training is. */
function Dock({ lab }: { lab: Lab }) {
  const now = lab.snapshot.value;
  const running = now?.running ?? false;
  const ended = now?.ended;
  const over = ended?.reason === "diverged" || ended?.reason === "unstable";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend to be seen
    <div class="dock" role="group" aria-label="At hand">
      <button
        type="button"
        class="main"
        onClick={() => lab.ask(running ? "pause" : "run")}
        disabled={now === null}
      >
        {running ? "❚❚ pause" : "▶ run"}
      </button>
      <NumberControl lab={lab} name="lambda" />
      <p class={over ? "wrong" : ""}>
        {now === null
          ? "Starting …"
          : over
            ? ended.message
            : `${ended?.message ?? `epoch ${now.epoch} ·`} L, train ${figure(now.mse)}${now.mseValid === null ? "" : ` · validation ${figure(now.mseValid)}`}`}
      </p>
    </div>
  );
}
