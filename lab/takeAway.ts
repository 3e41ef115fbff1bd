import { exportOnnx, type FittedModel, foldBack, type LinearRegression, save } from "ell2";
import type { Problem } from "./problem.js";
import type { State } from "./state.js";

/** The forms in which a model can be taken away. */
export type ModelFormat = "json" | "safetensors" | "onnx";

/** The trained model in the data's own units, as `ell2 fit --out` writes it, or as ONNX. */
export function modelFile(
  format: ModelFormat,
  model: LinearRegression,
  { train, scaler }: Problem,
  state: State,
  epochs: number,
): Uint8Array<ArrayBuffer> {
  const { inputs, outputs } = train;
  const fitted: FittedModel = foldBack(model, { inputs, outputs }, scaler, {
    rows: train.rows,
    strategy: "rows",
    solver: "gradient descent",
    descent: { lr: state.lr, epochs, batchSize: Math.min(state.batch, train.rows) },
    fingerprint: null,
  });
  if (format === "onnx") return exportOnnx(fitted);
  if (format === "safetensors") return save(fitted, "safetensors");
  return new TextEncoder().encode(save(fitted, "json"));
}
