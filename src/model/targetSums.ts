import { Ell2Error } from "../errors.js";
import { powerOfTwoBelow, scaleOf } from "../linalg/powerOfTwo.js";

/** How well one target is predicted over weighted rows; null where a number is not defined, or too large, with the reason. */
export interface TargetFit {
  mse: number | null;
  rmse: number | null;
  mae: number | null;
  /** About the mean of the target. */
  r2: number | null;
  /** About 0, where that is asked for. */
  r2Uncentred?: number | null;
  reasons: string[];
}

/** The sums of one target, of numbers divided by `scale`, with weights divided by a scale of their own. */
interface Sums {
  scale: number;
  first: number;
  constant: boolean;
  weight: number;
  /** Of y less its first value. */
  mean: number;
  about: number;
  squares: number;
  absolute: number;
  uncentred: number;
}

/**
 * Σωr²/W, Σω|r|/W, 1 − Σωr²/Σω(y − ȳ)² and 1 − Σωr²/Σωy² of rows that come in parts, r = prediction − y.
 * Deviations are summed about each part's own mean, and parts merged (Chan, Golub and LeVeque 1983); targets and
 * weights are divided by powers of two beforehand, so that no square overflows or underflows.
 */
export class TargetSums {
  /** Rows so far, those without weight included. */
  rows = 0;
  readonly #sums: Sums[];
  /** What weights are divided by. */
  #unit = 0;

  constructor(private readonly outputs: readonly string[]) {
    this.#sums = outputs.map(() => ({
      scale: 0,
      first: 0,
      constant: true,
      weight: 0,
      mean: 0,
      about: 0,
      squares: 0,
      absolute: 0,
      uncentred: 0,
    }));
  }

  /** Whether a row with a weight above 0 has come. */
  get counts(): boolean {
    return this.#unit > 0;
  }

  /**
   * @param predicted [m×k]
   * @param truth [m×k], finite
   * @param weights ω ≥ 0 [m]; null for 1 each
   * @throws NOT_FINITE for a prediction that is too large for a double
   */
  add(predicted: Float64Array, truth: Float64Array, weights: Float64Array | null): void {
    const k = this.outputs.length;
    const m = truth.length / k;
    this.rows += m;
    const rows = Array.from({ length: m }, (_, i) => i).filter((i) => weights === null || weights[i]! > 0);
    if (rows.length === 0) return;
    const unit = weights === null ? 1 : scaleOf(weights);
    if (unit > this.#unit) {
      for (const sums of this.#sums) rescale(sums, 1, this.#unit / unit);
      this.#unit = unit;
    }
    const omega = (i: number) => (weights === null ? 1 : weights[i]! / this.#unit);
    for (const [l, sums] of this.#sums.entries()) {
      const [y, p] = [(i: number) => truth[i * k + l]!, (i: number) => predicted[i * k + l]!];
      let most = 0;
      for (const i of rows) most = Math.max(most, Math.abs(y(i)), Math.abs(p(i)));
      if (!Number.isFinite(most)) throw this.#tooLarge(l);
      const scale = powerOfTwoBelow(most);
      if (sums.scale === 0) sums.first = y(rows[0]!);
      if (scale > sums.scale) {
        rescale(sums, sums.scale / scale, 1);
        sums.scale = scale;
      }
      addTarget(sums, rows, y, p, omega);
    }
  }

  /**
   * @param withUncentred whether R² about 0 is wanted
   * @returns an entry a target; at least one row must count
   */
  metrics(withUncentred: boolean): TargetFit[] {
    return this.#sums.map(({ scale, constant, weight, about, squares, absolute, uncentred }) => {
      const reasons: string[] = [];
      const known = (value: number, reason: string): number | null => {
        if (Number.isFinite(value)) return value;
        reasons.push(reason);
        return null;
      };
      const large = (name: string) => `${name} is above 1.8e308`;
      const far = "the predictions are so far off that it is below −1.8e308";
      return {
        mse: known(scale * (squares / weight) * scale, large("MSE")),
        rmse: known(scale * Math.sqrt(squares / weight), large("RMSE")),
        mae: known(scale * (absolute / weight), large("MAE")),
        r2: known(
          constant ? Number.NaN : 1 - squares / about,
          constant ? "R² is not defined: the target is constant" : `R² is not given: ${far}`,
        ),
        ...(withUncentred && {
          r2Uncentred: known(
            1 - squares / uncentred,
            uncentred === 0
              ? "R² about 0 is not defined: the target is 0"
              : `R² about 0 is not given: ${far}`,
          ),
        }),
        reasons,
      };
    });
  }

  #tooLarge(l: number): Ell2Error {
    return new Ell2Error("NOT_FINITE", {
      where: "evaluate",
      expected: `finite predictions of ${this.outputs[l]}`,
      got: "one that is too large for a double",
    });
  }
}

/** The same sums of values times `factor` with weights times `share`, both powers of two. */
function rescale(sums: Sums, factor: number, share: number): void {
  sums.weight *= share;
  sums.mean *= factor;
  sums.absolute *= factor * share;
  for (const name of ["about", "squares", "uncentred"] as const) sums[name] *= factor * factor * share;
}

function addTarget(
  sums: Sums,
  rows: readonly number[],
  y: (i: number) => number,
  p: (i: number) => number,
  omega: (i: number) => number,
): void {
  const { scale } = sums;
  const first = sums.first / scale;
  let [weight, mean, about] = [0, 0, 0];
  for (const i of rows) {
    weight += omega(i);
    mean += omega(i) * (y(i) / scale - first);
    sums.constant &&= y(i) === sums.first;
  }
  mean /= weight;
  for (const i of rows) {
    const value = y(i) / scale;
    const residual = p(i) / scale - value;
    const deviation = value - first - mean;
    about += omega(i) * deviation * deviation;
    sums.squares += omega(i) * residual * residual;
    sums.absolute += omega(i) * Math.abs(residual);
    sums.uncentred += omega(i) * value * value;
  }
  const shift = mean - sums.mean;
  const all = sums.weight + weight;
  sums.about += about + shift * shift * ((sums.weight / all) * weight);
  sums.mean += (shift * weight) / all;
  sums.weight = all;
}
