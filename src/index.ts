export type { Check } from "./compare/check.js";
export { checkUpdate, type Parting, type UpdateCheck } from "./compare/checkUpdate.js";
export { ulps } from "./compare/distance.js";
export { logLine, pythonFloat } from "./compare/format.js";
export type { LambdaSystemName } from "./compare/lambdaFactors.js";
export { type Lint, type LintWarning, lintTraining, type ParameterDecay } from "./compare/lintTraining.js";
export { type NotebookRun, runNotebook } from "./compare/notebook.js";
export { parseTrace, type Trace } from "./compare/trace.js";
export type { ParameterGroup, TrainingConfig } from "./compare/trainingConfig.js";
export { type TranslateLambdaOptions, translateLambda } from "./compare/translateLambda.js";
export type { UpdateSlip } from "./compare/updateSlips.js";
export type { UpdateProblem, UpdateRule } from "./compare/updateTrial.js";
export { type Certificate, type Verdict, verify } from "./compare/verify.js";
export { type Column, featureNames, numberColumns } from "./data/columns.js";
export { Dataset, type DatasetOptions } from "./data/dataset.js";
export { encode } from "./data/encode.js";
export { type KFoldOptions, kFold } from "./data/folds.js";
export { ColumnLearner, type LearnOptions, learnColumns } from "./data/learn.js";
export { type MakeRegressionOptions, makeRegression, type Regression } from "./data/makeRegression.js";
export { MomentStream } from "./data/momentStream.js";
export { Moments } from "./data/moments.js";
export { type SplitOptions, trainTestSplit } from "./data/split.js";
export {
  momentStandardization,
  type Standardization,
  standardization,
  standardize,
} from "./data/standardizer.js";
export type { RawColumn, Table } from "./data/table.js";
export { Ell2Error, ERROR_CODES, type ErrorCode, type ErrorReport } from "./errors.js";
export { bestLambda, type Criterion, type CurvePoint } from "./fit/bestLambda.js";
export { type ChooseLambdaOptions, chooseLambda, type LambdaChoice } from "./fit/chooseLambda.js";
export type { Direction } from "./fit/collinearity.js";
export {
  type Diagnostics,
  type DiagnosticsOptions,
  diagnostics,
  type RowDiagnostics,
} from "./fit/diagnostics.js";
export { type DescentOptions, type EpochMap, epochMap, stableLearningRate } from "./fit/epochMap.js";
export { type Evaluation, evaluateFitted } from "./fit/evaluateFitted.js";
export { epochs, fit, fitAsync } from "./fit/fit.js";
export { fitRidge, type RidgeFit, type RidgeFitOptions } from "./fit/fitRidge.js";
export type { FoldErrors } from "./fit/heldOut.js";
export type { HeldOutError } from "./fit/heldOutError.js";
export { type Inference, type InferenceOptions, inference } from "./fit/inference.js";
export type { FitOptions, TrainingData } from "./fit/options.js";
export {
  type PredictionIntervalOptions,
  type PredictionIntervals,
  predictionIntervals,
} from "./fit/predictionIntervals.js";
export { type Receipt, type Ridge, ridge } from "./fit/ridge.js";
export { type Path, type PathOptions, type PathPoint, ridgePath } from "./fit/ridgePath.js";
export type { FitResult } from "./fit/run.js";
export { type Shrinkage, shrinkage } from "./fit/shrinkage.js";
export type { WeightKind } from "./fit/weightKind.js";
export { startThreads, stopThreads } from "./kernels/pool.js";
export { Matrix, type MatrixLike } from "./linalg/matrix.js";
export { type Bounded, evaluateMoments, type MomentEvaluation } from "./model/evaluateMoments.js";
export { exportJs } from "./model/exportJs.js";
export { exportOnnx } from "./model/exportOnnx.js";
export { type Dialect, exportSql, type SqlOptions } from "./model/exportSql.js";
export { type FittedModel, foldBack, predictFitted, type TrainingRecord } from "./model/fitted.js";
export { LinearRegression, type LinearRegressionOptions, type LogEntry } from "./model/linearRegression.js";
export { mape, mse, perTarget, r2, smape, type TargetMetrics, type Values } from "./model/metrics.js";
export { load, save } from "./model/save.js";
export * as nn from "./nn/index.js";
export { noGrad } from "./nn/noGrad.js";
export * as optim from "./nn/optim.js";
export * as random from "./random/index.js";
