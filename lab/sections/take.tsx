import { useSignal } from "@preact/signals";
import { codeFor } from "../code.js";
import { encodeState, type State } from "../state.js";
import type { Lab } from "../store.js";

export function TakeSection({ lab }: { lab: Lab }) {
  const said = useSignal("");
  const state = lab.state.value;
  const own = state.data === "csv";
  const link = () => `${location.href.split("#")[0]}#${encodeState(state)}`;
  const save = (name: string, type: string, text: string) => {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const anchor = Object.assign(document.createElement("a"), { href: url, download: name });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return (
    <section aria-labelledby={lab.place("take")}>
      <h2 id={lab.place("take")}>Take it away</h2>
      {lab.linked ? (
        <p>
          A link to this page as it is set replays the same numbers
          {own ? ", once the file is chosen again: your rows are not in it" : ""}.
        </p>
      ) : null}
      <div class="buttons">
        {lab.linked ? (
          <button
            type="button"
            onClick={() =>
              navigator.clipboard.writeText(link()).then(
                () => {
                  said.value = "Link copied.";
                },
                () => {
                  said.value = link();
                },
              )
            }
          >
            Copy the link
          </button>
        ) : null}
        <button type="button" onClick={() => save("model.json", "application/json", modelJson(lab))}>
          Model (JSON)
        </button>
        <button type="button" onClick={() => save("log.csv", "text/csv", logCsv(lab))}>
          Log (CSV)
        </button>
      </div>
      {said.value ? <p class="note">{said.value}</p> : null}
      <details>
        <summary>The same in ell2, on the command line, and in PyTorch and scikit-learn</summary>
        {Object.entries(codeFor(state)).map(([name, code]) => (
          <div key={name}>
            <h3>{name}</h3>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard */}
            <pre tabIndex={0}>{code}</pre>
          </div>
        ))}
      </details>
    </section>
  );
}

/** Weight [k×n] and bias [k], as `nn.Linear` has them. */
function modelJson({ snapshot, data, state }: Lab): string {
  const { w, b } = snapshot.value!;
  const { inputs, outputs } = data.value!;
  const k = outputs.length;
  const weight = outputs.map((_, l) => inputs.map((_, j) => w[j * k + l]));
  const { lambda, standardize }: State = state.value;
  return `${JSON.stringify({ inputs, outputs, lambda, features: standardize ? "standardised on the training rows" : "as they are", weight, bias: Array.from(b) }, null, 2)}\n`;
}

function logCsv({ snapshot }: Lab): string {
  const { epoch, mse, mseValid, norm } = snapshot.value!.log;
  const cell = (x: number) => (Number.isNaN(x) ? "" : String(x));
  const lines = epoch.map((e, i) => [e, mse[i]!, mseValid[i]!, norm[i]!].map(cell).join(","));
  return `${["epoch,mse,mse_valid,norm_w", ...lines].join("\n")}\n`;
}
