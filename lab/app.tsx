import { NumberControl } from "./controls.js";
import { later } from "./later.js";
import { figure } from "./numbers.js";
import { DataSection } from "./sections/data.js";
import { ModelSection } from "./sections/model.js";
import type { Lab } from "./store.js";

/** The parts that can be shown, in their order. */
export const PARTS = ["data", "model", "training", "comparison", "decay", "take"] as const;
export type Part = (typeof PARTS)[number];

const SECTIONS = {
  data: DataSection,
  model: ModelSection,
  training: later(
    "training",
    "Training",
    async () => (await import("./sections/training.js")).TrainingSection,
  ),
  comparison: later(
    "comparison",
    "Comparison",
    async () => (await import("./sections/comparison.js")).ComparisonSection,
  ),
  decay: later("decay", "What λ does", async () => (await import("./sections/decay.js")).DecaySection),
  take: later("take", "Take it away", async () => (await import("./sections/take.js")).TakeSection),
};

export function App({ lab, parts }: { lab: Lab; parts: readonly Part[] }) {
  return (
    <>
      {lab.problem.value ? (
        <p class="wrong banner" role="alert">
          {lab.problem.value}
        </p>
      ) : null}
      {parts.map((part) => {
        const Section = SECTIONS[part];
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
  const over = now?.ended?.reason === "diverged";
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
            ? now.ended!.message
            : `epoch ${now.epoch} · MSE ${figure(now.mse)}${now.mseValid === null ? "" : ` · validation ${figure(now.mseValid)}`}`}
      </p>
    </div>
  );
}
