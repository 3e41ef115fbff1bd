import { useSignal } from "@preact/signals";
import { logLine, pythonFloat, ulps } from "ell2";
import { type Bits, bitsOf } from "../bits.js";
import type { Comparison } from "../compare.js";
import { ColumnSelect } from "../controls.js";
import { Table } from "../figure.js";
import type { Lab } from "../store.js";

export function ComparisonSection({ lab }: { lab: Lab }) {
  const result = lab.comparison.value;
  return (
    <section aria-labelledby={lab.place("comparison")}>
      <h2 id={lab.place("comparison")}>Comparison</h2>
      <p>
        The same training once more, by a linear layer, autograd and an SGD of two parameter groups, which
        share no step with the model from scratch; and, for the notebook's own numbers, beside what real
        PyTorch did with them. Distances are mean |(true − pred)/(true + 1e-16)|, a fraction.
      </p>
      <button type="button" onClick={() => lab.compare()}>
        Compare
      </button>
      {result === null ? null : "absent" in result ? (
        <p class="note">Not here: {result.absent}.</p>
      ) : (
        <>
          <Seven result={result} />
          {result.pytorch === null ? (
            <p class="note">
              {lab.recorded === null
                ? "PyTorch's recorded run is on the lab's own page."
                : "PyTorch was recorded for the notebook's own numbers alone: choose that setting to see it here."}
            </p>
          ) : null}
          <Logs result={result} />
          <LastBits lab={lab} weights={result.weights} />
        </>
      )}
    </section>
  );
}

type Losses = Comparison["log"][number]["scratch"];

const lineOf = (epoch: number, { mse, mseValid }: Losses) => logLine(epoch, mse, mseValid);

/** The seven, as the notebook prints them. */
function Seven({ result }: { result: Comparison }) {
  const { log, nn, pytorch } = result;
  const equal = (peer: "nn" | "pytorch") =>
    `${log.filter(({ epoch, scratch, [peer]: other }) => other !== null && lineOf(epoch, scratch) === lineOf(epoch, other)).length} of ${log.length}`;
  const rows: [string, string, string][] = [
    ["1 prediction, each with its own parameters", pythonFloat(result.beforeCopy), ""],
    ["2 prediction after copying parameters", pythonFloat(result.afterCopy), ""],
    ["3 loss after copying parameters", pythonFloat(result.loss), ""],
    ["4 lines of the log that are equal at 4 decimals", equal("nn"), equal("pytorch")],
    ...(["prediction", "bias", "weight"] as const).map((what, i): [string, string, string] => [
      `${i + 5} ${what} after training`,
      pythonFloat(nn[what]),
      pytorch === null ? "" : pythonFloat(pytorch[what]),
    ]),
  ];
  return (
    <Table
      caption="The notebook's seven comparisons"
      head={[
        "what",
        "scratch against nn",
        ...(pytorch === null ? [] : [`scratch against PyTorch ${pytorch.version.split("+")[0]}`]),
      ]}
      rows={pytorch === null ? rows.map((row) => row.slice(0, 2)) : rows}
    />
  );
}

function Logs({ result: { log, pytorch } }: { result: Comparison }) {
  return (
    <details>
      <summary>The logs side by side</summary>
      <Table
        caption="Logs"
        head={["scratch", "nn", ...(pytorch === null ? [] : ["PyTorch"])]}
        rows={log.map(({ epoch, scratch, nn, pytorch: other }) => [
          lineOf(epoch, scratch),
          lineOf(epoch, nn),
          ...(other === null ? [] : [lineOf(epoch, other)]),
        ])}
      />
    </details>
  );
}

/** One weight after training, bit by bit. */
function LastBits({ lab, weights }: { lab: Lab; weights: Comparison["weights"] }) {
  const feature = useSignal(0);
  const target = useSignal(0);
  const view = lab.data.value;
  if (view === null || weights.scratch.length !== view.inputs.length * view.outputs.length) return null;
  const at = feature.value * view.outputs.length + target.value;
  const ours = weights.scratch[at];
  if (ours === undefined) return null;
  const peers = [
    ["scratch", ours],
    ["nn", weights.nn[at]!],
    ...(weights.pytorch === null ? [] : [["PyTorch", weights.pytorch[at]!] as const]),
  ] as const;
  const reference = bitsOf(ours);
  return (
    <details>
      <summary>A weight down to its last bit</summary>
      <div class="pick">
        <ColumnSelect
          label="Feature"
          names={view.inputs}
          at={feature.value}
          onChoose={(j) => {
            feature.value = j;
          }}
        />
        <ColumnSelect
          label="Target"
          names={view.outputs}
          at={target.value}
          onChoose={(l) => {
            target.value = l;
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls */}
      <div class="scroll" role="group" tabIndex={0} aria-label="Bits of a weight">
        <table>
          <caption>
            A float64: sign, exponent, fraction; what differs from scratch is marked. An ULP is the distance
            to the next number.
          </caption>
          <thead>
            <tr>
              <th scope="col">model</th>
              <th scope="col">value</th>
              <th scope="col">ULP from scratch</th>
              <th scope="col">bits</th>
            </tr>
          </thead>
          <tbody>
            {peers.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{pythonFloat(value)}</td>
                <td>{Math.sign(value - ours) * ulps(value, ours)}</td>
                <td class="bits">
                  <BitRow bits={bitsOf(value)} reference={reference} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function BitRow({ bits, reference }: { bits: Bits; reference: Bits }) {
  return (["sign", "exponent", "fraction"] as const).map((part) => (
    <span key={part}>
      {[...bits[part]].map((digit, i) =>
        digit === reference[part][i] ? digit : <mark key={i}>{digit}</mark>,
      )}
    </span>
  ));
}
