import { useSignal } from "@preact/signals";
import { dsvFormat } from "d3-dsv";
import { scatter } from "ell2/charts";
import { ChoiceControl, ColumnControl, NumberControl, SwitchControl } from "../controls.js";
import { type OwnTable, ownData, tableOf, targetsAfter } from "../csv.js";
import { Figure } from "../figure.js";
import { figure } from "../numbers.js";
import { PRESETS } from "../presets.js";
import type { Lab } from "../store.js";

export function DataSection({ lab }: { lab: Lab }) {
  const { data, drawnBias } = lab.state.value;
  const view = lab.data.value;
  const fixed = lab.hidden.value.has("data");
  return (
    <section aria-labelledby={lab.place("data")}>
      <h2 id={lab.place("data")}>Data</h2>
      <p>
        Rows of features X and targets Y. The first rows train, the rest is held out: only there one sees
        whether the model has learnt something or learnt by heart.
        {fixed ? "" : " Choose a setting, or take a table of your own: it stays in this page."}
      </p>
      {fixed ? null : (
        <div class="presets">
          {Object.entries(PRESETS).map(([name, { label, about }]) => (
            <button type="button" key={name} onClick={() => lab.preset(name)}>
              <strong>{label}</strong>
              <span>{about}</span>
            </button>
          ))}
        </div>
      )}
      <div class="columns">
        <fieldset>
          <legend>Rows</legend>
          <ChoiceControl lab={lab} name="data" {...(data === "csv" ? {} : { without: "csv" })} />
          {data === "csv" ? null : <NumberControl lab={lab} name="seed" most={100} />}
          <NumberControl lab={lab} name="train" />
          <NumberControl lab={lab} name="valid" />
          {data === "csv" ? null : (
            <>
              {data === "twins" ? null : <NumberControl lab={lab} name="features" />}
              <NumberControl lab={lab} name="targets" />
              {data === "regression" || data === "outlier" ? (
                <>
                  <NumberControl lab={lab} name="informative" />
                  <SwitchControl lab={lab} name="drawnBias" />
                  {drawnBias ? null : <NumberControl lab={lab} name="bias" />}
                </>
              ) : null}
              <NumberControl lab={lab} name="noise" most={50} />
            </>
          )}
          <SwitchControl lab={lab} name="standardize" />
          {fixed ? null : <OwnFile lab={lab} />}
        </fieldset>
        {view === null ? null : <Look lab={lab} view={view} />}
      </div>
    </section>
  );
}

function Look({ lab, view }: { lab: Lab; view: NonNullable<Lab["data"]["value"]> }) {
  const { first, target } = lab.state.value;
  const j = Math.min(first, view.inputs.length - 1);
  const l = Math.min(target, view.outputs.length - 1);
  const [input, output] = [view.inputs[j]!, view.outputs[l]!];
  const svg = scatter({
    title: `${output} over ${input}`,
    x: { label: input },
    y: { label: output },
    points: { x: view.X[j]!, y: view.Y[l]! },
  });
  return (
    <Figure
      name="data"
      svg={svg}
      caption={
        <>
          <p>
            {view.rows} rows train, {view.validRows} validate. Correlation of {input} and {output}:{" "}
            {figure(view.correlation[j]![l]!)}.
          </p>
          <div class="pick">
            <ColumnControl lab={lab} name="first" names={view.inputs} />
            <ColumnControl lab={lab} name="target" names={view.outputs} />
          </div>
        </>
      }
      numbers={{
        caption: "Correlations of features and targets",
        head: ["feature", ...view.outputs],
        rows: view.inputs.map((name, at) => [name, ...view.correlation[at]!]),
      }}
    />
  );
}

/** A table of the reader's own: chosen or dropped, its targets picked. */
function OwnFile({ lab }: { lab: Lab }) {
  const table = useSignal<OwnTable | null>(null);
  const wrong = useSignal("");
  const targets = useSignal<readonly string[]>([]);
  const read = async (file: File | undefined) => {
    if (!file) return;
    wrong.value = "";
    try {
      const read = tableOf(file.name, await file.text(), (text, delimiter) =>
        dsvFormat(delimiter).parseRows(text),
      );
      table.value = read;
      targets.value = [read.numeric.at(-1)!];
      take();
    } catch (error) {
      wrong.value = `${(error as Error).message}. The rows before stay.`;
    }
  };
  const take = () => lab.own(ownData(table.value!, targets.value));
  const choose = (name: string, on: boolean) => {
    const next = targetsAfter(table.value!.numeric, targets.value, name, on);
    if (next === targets.value) return;
    targets.value = next;
    take();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way to what the button does
    <div
      class="own"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void read(event.dataTransfer?.files[0]);
      }}
    >
      <label>
        Your own CSV (choose, or drop it here){" "}
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(event) => {
            void read(event.currentTarget.files?.[0]);
            event.currentTarget.value = ""; // the same file may be chosen again
          }}
        />
      </label>
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
      {table.value ? (
        <fieldset>
          <legend>Targets (what is predicted)</legend>
          {table.value.numeric.map((name) => (
            <label class="switch" key={name}>
              <input
                type="checkbox"
                checked={targets.value.includes(name)}
                onChange={(event) => {
                  choose(name, event.currentTarget.checked);
                  event.currentTarget.checked = targets.value.includes(name);
                }}
              />
              {name}
            </label>
          ))}
          {table.value.text.length > 0 ? (
            <p class="note">Left out, no numbers: {table.value.text.join(", ")}.</p>
          ) : null}
        </fieldset>
      ) : null}
    </div>
  );
}
