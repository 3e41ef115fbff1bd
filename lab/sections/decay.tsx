import { lineChart } from "ell2/charts";
import { contourChart } from "../contour.js";
import { ColumnControl, NumberControl } from "../controls.js";
import { Figure } from "../figure.js";
import { Formula } from "../math.js";
import { figure } from "../numbers.js";
import { selectionOf } from "../series.js";
import type { Lab } from "../store.js";
import type { PathStudy } from "../study.js";

export function DecaySection({ lab }: { lab: Lab }) {
  const path = lab.path.value;
  const view = lab.data.value;
  const { lambda } = lab.state.value;
  return (
    <section aria-labelledby={lab.place("decay")}>
      <h2 id={lab.place("decay")}>What λ does</h2>
      <p>
        Where full-batch training comes to rest, it has solved ridge regression. So what λ does to the end of
        training can be computed for every λ at once.
      </p>
      <Formula of="ridge" values={{ alpha: path === null ? "…" : figure(lambda * path.alphaOfLambda) }} />
      <NumberControl lab={lab} name="lambda" />
      {path === null || view === null || path.w[0]!.length !== view.inputs.length * view.outputs.length ? (
        <p class="note">Computing …</p>
      ) : (
        <div class="figures">
          <Contours lab={lab} />
          <Paths lab={lab} path={path} />
          <Shrinkage lab={lab} path={path} />
          <Freedom lab={lab} path={path} />
          <Errors lab={lab} path={path} />
          <Stopping lab={lab} path={path} />
          <TwoDecays lab={lab} />
        </div>
      )}
    </section>
  );
}

const lambdaAxis = { label: "λ", scale: "log" } as const;
/** The slider's λ as a line across, where a log axis can show it. */
const markNow = (lambda: number, { lambdas }: PathStudy) =>
  lambda >= lambdas.at(-1)! && lambda <= lambdas[0]! ? [{ x: lambda, label: "λ now" }] : [];

function Contours({ lab }: { lab: Lab }) {
  const pair = lab.pair.value;
  const view = lab.data.value!;
  const now = lab.snapshot.value;
  if (pair === null || now === null || view.inputs.length < 2) return null;
  const [x, y] = now.trail.at(-1)!;
  const row = (name: string, [p, q]: readonly [number, number]) => [name, p, q];
  return (
    <Figure
      name="contours"
      wide
      svg={contourChart(pair, now.trail)}
      caption={
        <>
          <p>
            Blue: equal loss over two weights, the others always at their best. Orange: equal ‖w‖. They touch
            at the ridge point, where the two gradients (arrows: what the loss and what the decay ask of the
            weights as they are now) cancel. Green: ridge for every λ, from 0 at λ = ∞ to least squares.
            Purple: where training has been.
            {view.batches > 1 && now.ended?.reason === "converged"
              ? " In batches it rests beside the ridge point: set Rows a batch to m."
              : ""}
          </p>
          <div class="pick">
            <ColumnControl lab={lab} name="first" names={view.inputs} />
            <ColumnControl lab={lab} name="second" names={view.inputs} />
            <ColumnControl lab={lab} name="target" names={view.outputs} />
          </div>
        </>
      }
      numbers={{
        caption: "Points of the picture",
        head: ["point", ...pair.names],
        rows: [
          row("least squares", pair.leastSquares),
          row(`ridge, λ = ${figure(pair.lambda)}`, pair.ridge),
          row("now", [x, y]),
        ],
      }}
    />
  );
}

function Paths({ lab, path }: { lab: Lab; path: PathStudy }) {
  const { inputs, outputs } = lab.data.value!;
  const { lambda, target } = lab.state.value;
  const k = outputs.length;
  const l = Math.min(target, k - 1);
  const { truth } = path;
  const marks = markNow(lambda, path);
  const nearest = truth === null ? null : path.lambdas[leastAt(path.w.map((w) => distance(w, truth)))]!;
  if (nearest !== null) marks.push({ x: nearest, label: "nearest to the truth" });
  const of = (j: number) => path.w.map((w) => w[j * k + l]!);
  return (
    <Figure
      name="weights"
      svg={lineChart({
        title: `Weights of ${outputs[l]} over λ`,
        x: lambdaAxis,
        y: { label: "weight" },
        series: inputs.map((name, j) => ({
          name,
          x: path.lambdas,
          y: of(j),
          ...(truth === null ? {} : { level: truth[j * k + l]! }),
        })),
        marks,
      })}
      caption={
        <p>
          Every weight goes to 0 as λ grows, not all at the same pace.
          {nearest === null
            ? ""
            : ` Dotted: the weights that made the data. All weights together are nearest to them at λ = ${figure(nearest)}.`}
        </p>
      }
      numbers={{
        caption: "Weights at some λ",
        head: [
          "feature",
          ...(truth === null ? [] : ["true"]),
          ...selectionOf(path.lambdas.length, 7).map((i) => `λ ${figure(path.lambdas[i]!)}`),
        ],
        rows: inputs.map((name, j) => [
          name,
          ...(truth === null ? [] : [truth[j * k + l]!]),
          ...selectionOf(path.lambdas.length, 7).map((i) => of(j)[i]!),
        ]),
      }}
    />
  );
}

/** d²/(d² + α) of a direction whose curvature is c = 2d²/(mk), at any λ. */
const shareKept = (c: number, lambda: number): number => (c === 0 ? 0 : c / (c + lambda));

function Shrinkage({ lab, path }: { lab: Lab; path: PathStudy }) {
  const { lambda } = lab.state.value;
  const { lambdas, curvatures } = path;
  return (
    <Figure
      name="shrinkage"
      svg={lineChart({
        title: "What is kept of each direction",
        x: lambdaAxis,
        y: { label: "d²/(d² + α)" },
        series: curvatures.map((c, i) => ({
          name: `d${i + 1}`,
          x: lambdas,
          y: lambdas.map((at) => shareKept(c, at)),
        })),
        marks: markNow(lambda, path),
      })}
      caption={
        <p>
          Along each direction of the features (their singular vectors, d₁ the longest), ridge keeps d²/(d² +
          α) of least squares: nearly all where the data vary much, little where they vary little.
        </p>
      }
      numbers={{
        caption: "Shrinkage along each direction",
        head: ["direction", "d", "d²/(d² + α)"],
        rows: curvatures.map((c, i) => [i + 1, Math.sqrt(c * path.alphaOfLambda), shareKept(c, lambda)]),
      }}
    />
  );
}

function Freedom({ lab, path }: { lab: Lab; path: PathStudy }) {
  const { lambda } = lab.state.value;
  const { lambdas, curvatures } = path;
  const df = curvatures.reduce((sum, c) => sum + shareKept(c, lambda), 0);
  return (
    <Figure
      name="degrees-of-freedom"
      svg={lineChart({
        title: "Effective degrees of freedom over λ",
        x: lambdaAxis,
        y: { label: "df = Σ d²/(d² + α)" },
        series: [{ name: "", x: lambdas, y: path.df }],
        marks: markNow(lambda, path),
      })}
      caption={
        <p>
          All shares together: as many weights as are still free. Now {figure(df)} of{" "}
          {curvatures.filter((c) => c > 1e-12 * curvatures[0]!).length} degrees of freedom are left.
        </p>
      }
      numbers={{
        caption: "Degrees of freedom at each λ",
        head: ["λ", "df"],
        rows: lambdas.map((at, i) => [at, path.df[i]!]),
      }}
    />
  );
}

function Errors({ lab, path }: { lab: Lab; path: PathStudy }) {
  const { lambda } = lab.state.value;
  const { lambdas, train, folds, foldsError, valid, best } = path;
  const series = [
    { name: "training", x: lambdas, y: train },
    ...(folds
      ? [{ name: "held out", x: lambdas, y: folds, ...(foldsError ? { error: foldsError } : {}) }]
      : []),
    ...(valid ? [{ name: "validation", x: lambdas, y: valid }] : []),
  ];
  const marks = [...markNow(lambda, path), ...(best ? [{ x: best, label: "best held out" }] : [])];
  return (
    <Figure
      name="errors"
      svg={lineChart({
        title: "Errors over λ",
        x: lambdaAxis,
        y: { label: "MSE", scale: "log" },
        series,
        marks,
      })}
      caption={
        <>
          <p>
            The training error can only rise with λ. What counts is the error on rows that were held out: each
            of five folds in turn (the rows shuffled), and the validation rows.{" "}
            {best === null ? "" : found(best, lambdas)}
          </p>
          {best === null ? null : (
            <button type="button" onClick={() => lab.set("lambda", Math.min(1000, best))}>
              Take λ = {figure(best)}
            </button>
          )}
        </>
      }
      numbers={{
        caption: "Errors at each λ",
        head: ["λ", "training", "held out", "validation"],
        rows: lambdas.map((x, i) => [x, train[i]!, folds?.[i] ?? null, valid?.[i] ?? null]),
      }}
    />
  );
}

/** What cross-validation finds. */
function found(best: number, lambdas: readonly number[]): string {
  if (best === 0) return "Cross-validation finds that no decay is best: least squares, λ = 0.";
  if (best === lambdas[0]) return "Cross-validation finds no use in the features: the more decay the better.";
  return `Cross-validation finds λ = ${figure(best)}.`;
}

function Stopping({ lab, path }: { lab: Lab; path: PathStudy }) {
  const { lambda, lr, steps } = lab.state.value;
  const largest = path.curvatures[0] || 1;
  const x = Array.from({ length: 61 }, (_, i) => largest * 10 ** (-3 + (i * 3.3) / 60));
  const ridge = x.map((c) => shareKept(c, lambda));
  const stopped = x.map((c) => 1 - powerOf(1 - lr * c, steps));
  const here = path.curvatures.map((c) => [c, shareKept(c, lambda), 1 - powerOf(1 - lr * c, steps)]);
  return (
    <Figure
      name="early-stopping"
      svg={lineChart({
        title: "Early stopping beside λ",
        x: { label: "curvature c of a direction", scale: "log" },
        y: { label: "share kept of least squares" },
        series: [
          { name: "ridge", x, y: ridge },
          { name: "stopped", x, y: stopped.map((y) => (Math.abs(y) <= 2 ? y : Number.NaN)) },
        ],
      })}
      caption={
        <>
          <p>
            Stopping after t steps from zero, without any decay, also keeps what the data vary much in and
            damps the rest: it acts like λ ≈ 1/(ηt)
            {steps > 0 && lr > 0 ? ` = ${figure(1 / (lr * steps))}` : ""}.
          </p>
          <Formula of="filters" />
          <NumberControl lab={lab} name="steps" />
          <button
            type="button"
            disabled={steps === 0 || lr === 0}
            onClick={() => lab.set("lambda", Math.min(1000, Number((1 / (lr * steps)).toPrecision(3))))}
          >
            Set λ to 1/(ηt)
          </button>
        </>
      }
      numbers={{
        caption: "Shares kept along the directions of these rows",
        head: ["curvature", "ridge", "stopped"],
        rows: here,
      }}
    />
  );
}

function TwoDecays({ lab }: { lab: Lab }) {
  const study = lab.decay.value;
  if (study === undefined) return null;
  if (study === null) return <p class="note">ℓ₂ and decoupled decay are compared for fewer rows only.</p>;
  const { steps, sgdCoupled, sgdDecoupled, adamCoupled, adamDecoupled } = study;
  const line = (name: string, y: readonly number[]) => ({ name, x: steps, y });
  return (
    <Figure
      name="two-decays"
      wide
      svg={lineChart({
        title: "ℓ₂ in the loss, and decoupled decay",
        x: { label: "step" },
        y: { label: "‖w‖" },
        series: [
          line("SGD, ℓ₂", sgdCoupled),
          line("SGD, decay", sgdDecoupled),
          line("Adam, ℓ₂", adamCoupled),
          line("AdamW", adamDecoupled),
        ],
      })}
      caption={
        <p>
          For plain SGD the two are one step: their norms differ by {study.sgdApart.toPrecision(2)} of
          themselves, which is rounding. Adam divides a penalty inside the gradient by the gradient's own
          size, so that weights with large gradients are hardly decayed on the way, though it ends where J is
          least. AdamW keeps the decay out of the division: every weight decays at the same pace, and it ends
          elsewhere. (λ = {figure(study.lambda)}, all rows a step, SGD at rate {figure(study.sgdRate)}, Adam
          at {figure(study.adamRate)}.)
        </p>
      }
      numbers={{
        caption: "‖w‖ at some steps",
        head: ["step", "SGD, ℓ₂", "SGD, decoupled", "Adam, ℓ₂", "AdamW"],
        rows: selectionOf(steps.length, 21).map((i) => [
          steps[i]!,
          sgdCoupled[i]!,
          sgdDecoupled[i]!,
          adamCoupled[i]!,
          adamDecoupled[i]!,
        ]),
      }}
    />
  );
}

const distance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) * (x - b[i]!), 0);
const leastAt = (values: readonly number[]): number => values.indexOf(Math.min(...values));
const powerOf = (base: number, exponent: number): number => base ** exponent;
