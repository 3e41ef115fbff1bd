import { useSignal } from "@preact/signals";
import { codeFor } from "../code.js";
import { download } from "../download.js";
import { encodeState } from "../state.js";
import type { Lab } from "../store.js";

export function TakeSection({ lab }: { lab: Lab }) {
  const said = useSignal("");
  const state = lab.state.value;
  const own = state.data === "csv";
  const link = () => `${location.href.split("#")[0]}#${encodeState(state)}`;
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
                  said.value = lab.status.value = "Link copied.";
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
        <button type="button" onClick={() => lab.take("json")}>
          Model (JSON)
        </button>
        <button type="button" onClick={() => lab.take("safetensors")}>
          Model (safetensors)
        </button>
        <button type="button" onClick={() => lab.take("onnx")}>
          Model (ONNX)
        </button>
        <button type="button" onClick={() => download("log.csv", "text/csv", logCsv(lab))}>
          Log (CSV)
        </button>
      </div>
      <p class="note">
        The models are in the data's own units, as <code>ell2 fit --out</code> writes them:{" "}
        <code>ell2 predict</code> reads the JSON and the safetensors file, onnxruntime the ONNX file, PyTorch
        the safetensors file. Each chart can be saved as SVG below it.
      </p>
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

function logCsv({ snapshot }: Lab): string {
  const { epoch, mse, mseValid, norm } = snapshot.value!.log;
  const cell = (x: number) => (Number.isNaN(x) ? "" : String(x));
  const lines = epoch.map((e, i) => [e, mse[i]!, mseValid[i]!, norm[i]!].map(cell).join(","));
  return `${["epoch,mse,mse_valid,norm_w", ...lines].join("\n")}\n`;
}
