// Least squares beside a JavaScript library.
import { ofModels } from "../agreement.mjs";
import { byTurns } from "../measure.mjs";

export const ols = {
  name: "OLS, 100 000×20→3",
  atLeast: 10,
  needs: "javascript",
  async run(context) {
    const { ell2, javascript } = context;
    const dataset = context.rows(100_000, 20, 3);
    await context.give(javascript, dataset);
    const measured = await byTurns(
      () => ell2.ridge(dataset, { lambda: 0 }),
      (repeat) => javascript.ask("ols", { data: "rows", repeat }),
    );
    return {
      ...measured,
      peerName: `ml-regression-multivariate-linear ${javascript.versions.mlRegression}, without statistics`,
      agreement: { error: ofModels(measured.ours, measured.theirs), tolerance: 1e-9 },
      work: { bytes: 8 * dataset.rows * 23, flops: dataset.rows * 23 * 24 },
    };
  },
};
