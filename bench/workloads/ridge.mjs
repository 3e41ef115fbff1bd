// The closed form: ridge regression, and 100 λ by 5 folds.
import { ofModels, relative } from "../agreement.mjs";
import { byTurns } from "../measure.mjs";

const TOLERANCE = 1e-8;
const LAMBDA = 0.01;

/** Of scikit-learn's solvers that reach the same weights, the fastest. */
async function fastestSolver(python, job, model) {
  let best = { solver: null, seconds: Number.POSITIVE_INFINITY };
  for (const solver of ["cholesky", "svd", "lsqr", "sparse_cg"]) {
    const answer = await python.ask("ridge", { ...job, solver, repeat: 1 });
    const { seconds } = answer;
    if (ofModels(model, answer) <= TOLERANCE && seconds < best.seconds) best = { solver, seconds };
  }
  if (best.solver === null) throw new Error("no solver of scikit-learn agrees");
  return best.solver;
}

const work = (m, n, k) => ({ bytes: 8 * m * (n + k), flops: m * (n + k) * (n + k + 1) });

function ridge(atLeast, name, m, n, k) {
  async function run(context) {
    const { ell2, python } = context;
    const dataset = context.rows(m, n, k);
    const ours = () => ell2.ridge(dataset, { lambda: LAMBDA });
    await context.give(python, dataset);
    const job = { data: "rows", alpha: (LAMBDA * dataset.rows * k) / 2 };
    const solver = await fastestSolver(python, job, ours());
    const measured = await byTurns(ours, (repeat) => python.ask("ridge", { ...job, solver, repeat }));
    return {
      ...measured,
      peerName: `${context.sklearn} Ridge, ${solver} (the fastest)`,
      agreement: { error: ofModels(measured.ours, measured.theirs), tolerance: TOLERANCE },
      work: work(dataset.rows, n, k),
    };
  }
  return { name, atLeast, needs: "python", run };
}

const FOLDS = 5;
/** From 1e-4 to 1e2, evenly on a log scale. */
const LAMBDAS = Array.from({ length: 100 }, (_, i) => 10 ** (-4 + (6 * i) / 99));
const MEASURED = [30, 70];

async function folds(context) {
  const { ell2, python } = context;
  const dataset = context.rows(1_000_000, 20, 3);
  const cut = (fold) => Math.floor((fold * dataset.rows) / FOLDS);
  const ours = () => {
    const parts = Array.from({ length: FOLDS }, (_, i) => ell2.Moments.of(dataset.slice(cut(i), cut(i + 1))));
    return ell2.ridgePath(parts, { lambdas: LAMBDAS });
  };
  await context.give(python, dataset);
  const job = { data: "rows", lambdas: MEASURED.map((i) => LAMBDAS[i]), count: FOLDS, solver: "cholesky" };
  const measured = await byTurns(ours, async (repeat) => {
    const answer = await python.ask("folds", job);
    if (repeat > 1) throw new Error("a peer that is too quick to be scaled");
    return { ...answer, seconds: answer.once + (answer.fits * LAMBDAS.length) / MEASURED.length };
  });
  const errors = MEASURED.flatMap((i) => measured.ours.points[i].folds.mse);
  return {
    ...measured,
    peerName: `${context.sklearn} Ridge, cholesky, ${MEASURED.length * FOLDS} fits measured, scaled to ${LAMBDAS.length * FOLDS}`,
    agreement: { error: relative(errors, measured.theirs.errors.flat()), tolerance: TOLERANCE },
    work: work(dataset.rows, 20, 3),
  };
}

export const ridges = [
  ridge(3, "ridge, 1 000 000×20→3", 1_000_000, 20, 3),
  { name: "100 λ × 5 folds, 1 000 000×20→3", atLeast: 300, needs: "python", run: folds },
  ridge(1, "ridge, 200 000×256→8", 200_000, 256, 8),
];
