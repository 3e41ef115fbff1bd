import { Formula } from "../math.js";
import { figure } from "../numbers.js";
import type { Lab } from "../store.js";

export function ModelSection({ lab }: { lab: Lab }) {
  const { lambda, lr } = lab.state.value;
  const now = lab.snapshot.value;
  const view = lab.data.value;
  const square = now === null ? Number.NaN : now.norm * now.norm;
  const values = {
    mse: figure(now?.mse ?? Number.NaN),
    objective: figure(now?.objective ?? Number.NaN),
    square: figure(square),
    lambda: figure(lambda),
    lr: figure(lr),
    factor: figure(1 - lr * lambda),
  };
  return (
    <>
      <section aria-labelledby={lab.place("model")}>
        <h2 id={lab.place("model")}>Model and loss</h2>
        <p>
          Each target is predicted as a weighted sum of the features, and a bias.
          {view === null
            ? null
            : ` Here w has ${view.inputs.length} × ${view.outputs.length} entries, and b has ${view.outputs.length}.`}
        </p>
        <Formula of="model" />
        <p>
          The loss is the mean of the squared errors over all rows and all targets. It is what a model is
          judged by.
        </p>
        <Formula of="loss" values={values} />
      </section>
      <section aria-labelledby={lab.place("objective")}>
        <h2 id={lab.place("objective")}>Objective: the loss and ℓ₂</h2>
        <p>
          Training does not minimise L alone. The objective J also asks for small weights, and λ says how
          much. The bias is left out: it holds the level of the targets, which may be an accident of units.
        </p>
        <Formula of="objective" />
        <Formula of="objectiveNow" values={values} />
        <p>J trains, L evaluates: no J is ever used to compare two models.</p>
        <details>
          <summary>How the gradient is derived</summary>
          <p>The derivative of the penalty; δ with two indices is 1 where they are equal, and 0 elsewhere:</p>
          <Formula of="derive1" />
          <p>
            The derivative of the loss, by the predictions and then by the weights (the bold δ is a matrix):
          </p>
          <Formula of="derive2" />
          <Formula of="derive3" />
          <p>Both together, and for the bias only the loss:</p>
          <Formula of="derive4" />
        </details>
        <p>
          A step of length η against the gradient first shrinks the weight by the factor 1 − ηλ. Hence weight
          decay:
        </p>
        <Formula of="update" />
        <Formula of="updateNow" values={values} />
        <Formula of="updateBias" />
      </section>
    </>
  );
}
