// Chooses λ for a file of data, and says what the fit is worth.
import { chooseLambda, diagnostics, predictFitted } from "ell2";
import { readDataset } from "ell2/sources";

const { dataset } = await readDataset("examples/diabetes_raw.csv", { targets: ["progression"] });
const { lambda, fit } = chooseLambda(dataset);
console.log(dataset.rows, dataset.inputs.length, lambda); // 442 10 0.00204

const { metrics, vif } = diagnostics(fit.model, dataset);
console.log(metrics[0].rmse.toFixed(1), metrics[0].r2.toFixed(3), Math.max(...vif).toFixed(0)); // 53.5 0.518 59
console.log(predictFitted(fit.model, dataset.X.slice(0, 1)).data[0].toFixed(1)); // 205.8
