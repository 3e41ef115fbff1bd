import type { LambdaSystemName } from "./lambdaFactors.js";

/** How one system states the penalty, in words for people; its number is in lambdaFactors.ts. */
export interface LambdaSystem {
  title: string;
  /** What its number is called there, in `objective` too. */
  parameter: string;
  /** What it minimises; r are residuals, y and w those of one output where `targets` is "one". */
  objective: string;
  /** Whether it fits all outputs at once, or one: then every output gets a fit of its own. */
  targets: "all" | "one";
  /** The rate there that makes the same steps as `lr` here; null where nothing is stepped. */
  rate: string | null;
  /** Whether the bias is penalised unless one says otherwise. */
  biasDecayed: boolean;
  /** "run": tests train it and reach our solution. "derived": from its objective, not run. */
  proof: "run" | "derived";
  /** What to type for a penalty on the weights as they are, with the number in place. */
  call: (value: string) => string;
  /** What to type for one on standardised features; null where it has no way to standardise. */
  standardized: (value: string) => string | null;
  note?: string;
}

const MEAN = "1/(mk)·‖Xw + 1bᵀ − Y‖²";
const HALF_MEAN = "1/(2m)·‖Xw + b − y‖²";
const groups = (value: string) =>
  `torch.optim.SGD([{"params": [layer.weight], "weight_decay": ${value}}, {"params": [layer.bias], "weight_decay": 0}], lr=lr)`;
const dense = (value: string) => `Dense(k, kernel_regularizer=keras.regularizers.L2(${value}))`;
const denseJs = (value: string) =>
  `tf.layers.dense({ units: k, kernelRegularizer: tf.regularizers.l2({ l2: ${value} }) })`;
const glmnet = (value: string, standardize: string) =>
  `glmnet(X, y, alpha = 0, lambda = ${value}, standardize = ${standardize})`;
const spark = (value: string, standardize: string) =>
  `LinearRegression(regParam=${value}, elasticNetParam=0, standardization=${standardize})`;

/** The same penalty in each system's terms; docs/lambda.md derives every row. */
export const LAMBDA_SYSTEMS: Record<LambdaSystemName, LambdaSystem> = {
  ell2: {
    title: "ell2",
    parameter: "λ",
    objective: `${MEAN} + (λ/2)·‖w‖²`,
    targets: "all",
    rate: "lr",
    biasDecayed: false,
    proof: "run",
    call: (value) => `ell2 fit DATA --target Y --no-standardize --lambda ${value}`,
    standardized: (value) => `ell2 fit DATA --target Y --lambda ${value}`,
  },
  pytorch: {
    title: "PyTorch SGD",
    parameter: "weight_decay",
    objective: `${MEAN} + (weight_decay/2)·‖w‖²`,
    targets: "all",
    rate: "lr",
    biasDecayed: true,
    proof: "run",
    call: groups,
    standardized: (value) => `X = (X - X.mean(0)) / X.std(0, unbiased=False); ${groups(value)}`,
    note: "with MSELoss; a group decays all its parameters, so the bias needs a group of its own",
  },
  keras: {
    title: "Keras L2",
    parameter: "l2",
    objective: `${MEAN} + l2·‖w‖²`,
    targets: "all",
    rate: "lr",
    biasDecayed: false,
    proof: "derived",
    call: dense,
    standardized: (value) =>
      `norm = Normalization(); norm.adapt(X); keras.Sequential([norm, ${dense(value)}])`,
    note: "the loss that it reports contains the penalty",
  },
  tfjs: {
    title: "TensorFlow.js l2",
    parameter: "l2",
    objective: `${MEAN} + l2·‖w‖²`,
    targets: "all",
    rate: "lr",
    biasDecayed: false,
    proof: "run",
    call: denseJs,
    standardized: (value) =>
      `const { mean, variance } = tf.moments(X, 0); X.sub(mean).div(variance.sqrt()); ${denseJs(value)}`,
    note: "computes in float32; the loss that it reports contains the penalty",
  },
  sklearn: {
    title: "scikit-learn Ridge",
    parameter: "alpha",
    objective: "‖Xw + 1bᵀ − Y‖² + alpha·‖w‖²",
    targets: "all",
    rate: null,
    biasDecayed: false,
    proof: "run",
    call: (value) => `Ridge(alpha=${value})`,
    standardized: (value) => `make_pipeline(StandardScaler(), Ridge(alpha=${value}))`,
  },
  "sklearn-sgd": {
    title: "scikit-learn SGDRegressor",
    parameter: "alpha",
    objective: `${HALF_MEAN} + (alpha/2)·‖w‖²`,
    targets: "one",
    rate: "2·lr/k",
    biasDecayed: false,
    proof: "run",
    call: (value) => `SGDRegressor(alpha=${value})`,
    standardized: (value) => `make_pipeline(StandardScaler(), SGDRegressor(alpha=${value}))`,
    note: "steps after every row",
  },
  statsmodels: {
    title: "statsmodels OLS",
    parameter: "alpha",
    objective: `${HALF_MEAN} + (alpha/2)·‖w‖²`,
    targets: "one",
    rate: null,
    biasDecayed: true,
    proof: "derived",
    call: (value) => `OLS(y, add_constant(X)).fit_regularized(alpha=[0] + [${value}] * n, L1_wt=0)`,
    standardized: (value) =>
      `X = (X - X.mean(0)) / X.std(0); OLS(y, add_constant(X)).fit_regularized(alpha=[0] + [${value}] * n, L1_wt=0)`,
    note: "a single alpha also penalises the column of ones; a list with 0 for it does not",
  },
  glmnet: {
    title: "glmnet",
    parameter: "lambda",
    objective: `${HALF_MEAN} + (lambda/(2·σ_y))·‖w‖²`,
    targets: "one",
    rate: null,
    biasDecayed: false,
    proof: "derived",
    call: (value) => glmnet(value, "FALSE"),
    standardized: (value) => glmnet(value, "TRUE"),
    note: "divides y by σ_y and lambda by σ_y, so a ridge penalty in y's units is lambda/σ_y",
  },
  spark: {
    title: "Spark LinearRegression",
    parameter: "regParam",
    objective: `${HALF_MEAN} + (regParam/(2·σ_y))·‖w‖²`,
    targets: "one",
    rate: null,
    biasDecayed: false,
    proof: "derived",
    call: (value) => spark(value, "False"),
    standardized: (value) => spark(value, "True"),
    note: "σ_y divides by m with the normal solver (up to 4096 features), by m − 1 with l-bfgs",
  },
  clickhouse: {
    title: "ClickHouse stochasticLinearRegression",
    parameter: "l2_regularization_coef",
    objective: "1/m·‖Xw + b − y‖² + l2_regularization_coef·‖w‖²",
    targets: "one",
    rate: "lr/k",
    biasDecayed: false,
    proof: "derived",
    call: (value) => `stochasticLinearRegression(LR, ${value}, BATCH, 'SGD')(y, x1, x2)`,
    standardized: (value) =>
      `SELECT stochasticLinearRegression(LR, ${value}, BATCH, 'SGD')(y, z1, z2) FROM (SELECT y, (x1 - avg(x1) OVER ()) / stddevPop(x1) OVER () AS z1, (x2 - avg(x2) OVER ()) / stddevPop(x2) OVER () AS z2 FROM t)`,
    note: "starts from 0 and reads the rows once; its default updater is Adam, which couples the decay",
  },
  playground: {
    title: "TensorFlow Playground",
    parameter: "regularization rate",
    objective: "1/(2B)·‖Xw + b − y‖² + (regularization rate/(2B))·‖w‖², each batch",
    targets: "one",
    rate: "2·lr/k",
    biasDecayed: false,
    proof: "derived",
    call: (value) =>
      `regularization L2, regularization rate ${value}, no hidden layer, problem type regression`,
    standardized: () => null,
    note: "offers a few rates alone: take the nearest; the rate is divided by the batch size B",
  },
};
