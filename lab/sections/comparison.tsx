import { logLine } from "ell2";
import { Table } from "../figure.js";
import type { Lab } from "../store.js";

export function ComparisonSection({ lab }: { lab: Lab }) {
  const result = lab.comparison.value;
  return (
    <section aria-labelledby={lab.place("comparison")}>
      <h2 id={lab.place("comparison")}>Comparison with nn</h2>
      <p>
        The same training once more, by a linear layer, autograd and an SGD of two parameter groups, which
        share no step with the model from scratch. Distances are mean |(true − pred)/(true + 1e-16)|, a
        fraction.
      </p>
      <button type="button" onClick={() => lab.ask("compare")}>
        Compare
      </button>
      {result === null ? null : "absent" in result ? (
        <p class="note">Not here: {result.absent}.</p>
      ) : (
        <>
          <Table
            caption="The notebook's seven comparisons"
            head={["what", "scratch against nn"]}
            rows={[
              ["1 prediction, each with its own parameters", String(result.beforeCopy)],
              ["2 prediction after copying parameters", String(result.afterCopy)],
              ["3 loss after copying parameters", String(result.loss)],
              [
                "4 lines of the log that are equal at 4 decimals",
                `${result.equalLines} of ${result.log.length}`,
              ],
              ["5 prediction after training", String(result.prediction)],
              ["6 bias after training", String(result.bias)],
              ["7 weight after training", String(result.weight)],
            ]}
          />
          <details>
            <summary>Both logs</summary>
            <Table
              caption="Logs"
              head={["scratch", "nn"]}
              rows={result.log.map(({ scratch, nn }) => [
                logLine(scratch.epoch, scratch.mse, scratch.mseValid),
                logLine(scratch.epoch, nn.mse, nn.mseValid),
              ])}
            />
          </details>
        </>
      )}
    </section>
  );
}
