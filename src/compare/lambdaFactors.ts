/** What a system's number depends on besides λ. */
export interface Quantities {
  /** m ≥ 1, or the sum of the row weights. */
  rows?: number;
  /** k ≥ 1, the outputs that are averaged over in our objective. */
  outputs?: number;
  /** σ_y > 0: the target's population standard deviation (divided by m). */
  ySpread?: number;
  /** B ≥ 1, rows a batch. */
  batchSize?: number;
}

interface Factor {
  half: boolean;
  times: readonly (keyof Quantities)[];
}

/** Each system's number is λ, or half of λ, times some quantities; docs/lambda.md derives every row. */
export const LAMBDA_FACTORS = {
  ell2: { half: false, times: [] },
  pytorch: { half: false, times: [] },
  keras: { half: true, times: [] },
  tfjs: { half: true, times: [] },
  sklearn: { half: true, times: ["rows", "outputs"] },
  "sklearn-sgd": { half: true, times: ["outputs"] },
  statsmodels: { half: true, times: ["outputs"] },
  glmnet: { half: true, times: ["outputs", "ySpread"] },
  spark: { half: true, times: ["outputs", "ySpread"] },
  clickhouse: { half: true, times: ["outputs"] },
  playground: { half: true, times: ["outputs", "batchSize"] },
} as const satisfies Record<string, Factor>;

/** A system that `translateLambda` knows. */
export type LambdaSystemName = keyof typeof LAMBDA_FACTORS;

/** The factor of a system. */
export const factorOf = (name: LambdaSystemName): Factor => LAMBDA_FACTORS[name];
