import { effect } from "@preact/signals";
import { render } from "preact";
import { App, PARTS, type Sections } from "./app.js";
import { later } from "./later.js";
import { RuleEditor } from "./ruleEditor.js";
import { DataSection } from "./sections/data.js";
import { ModelSection } from "./sections/model.js";
import { decodeState, encodeState } from "./state.js";
import { createLab } from "./store.js";

/** In the order of the first picture: what is below it comes later. */
const SECTIONS: Sections = {
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
  rule: later("rule", "Your own rule", async () => (await import("./sections/rule.js")).RuleSection),
  take: later("take", "Take it away", async () => (await import("./sections/take.js")).TakeSection),
};

const { state, problems } = decodeState(
  PARTS.some((part) => location.hash === `#${part}`) ? "" : location.hash.slice(1),
);
const own = state.data === "csv";
const lab = createLab(own ? { ...state, data: "regression" } : state, {
  linked: true,
  recorded: async () => (await import("lab:pytorch")).default,
  editor: RuleEditor,
});
const said = [...problems, ...(own ? ["the file is not in the link: choose it again"] : [])];
if (said.length > 0) lab.problem.value = `From the link: ${said.join("; ")}.`;

let timer: ReturnType<typeof setTimeout> | undefined;
let written = location.hash;
effect(() => {
  const text = encodeState(lab.state.value);
  clearTimeout(timer);
  timer = setTimeout(() => {
    written = text === "" ? "" : `#${text}`;
    if (written !== location.hash)
      history.replaceState(null, "", written || location.pathname + location.search);
  }, 300);
});
addEventListener("hashchange", () => {
  const sections = document.getElementById(location.hash.slice(1));
  if (location.hash === written || sections !== null) return;
  const next = decodeState(location.hash.slice(1));
  lab.put(next.state.data === "csv" ? { ...next.state, data: "regression" } : next.state);
  if (next.problems.length > 0) lab.problem.value = `From the link: ${next.problems.join("; ")}.`;
});
render(<App lab={lab} parts={PARTS} sections={SECTIONS} />, document.getElementById("lab")!);
