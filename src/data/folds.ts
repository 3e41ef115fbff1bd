import { Ell2Error } from "../errors.js";
import { checkBoolean, checkInteger, checkOptions, show } from "../numbers/check.js";
import type { NumPy } from "../random/numpy.js";
import { asGenerator } from "./makeRegression.js";

/** The options of `kFold`, with scikit-learn's names. */
export interface KFoldOptions {
  folds: number;
  shuffle?: boolean;
  randomState?: number | readonly number[] | NumPy;
}

/**
 * The fold of each row: the rows in order, or in a random order, cut into folds whose sizes differ by
 * at most one, the larger ones first. Source: scikit-learn's `KFold` (the same folds for the same
 * `randomState`).
 *
 * @param rows m ≥ 2, how many rows there are
 * @param options.folds how many folds, from 2 to m
 * @param options.shuffle false by default
 * @param options.randomState a seed or a generator; a fresh random seed if left out
 * @returns for each row its fold, from 0
 * @throws VALUE for a number of folds that does not fit, OPTION for an option that does not exist
 */
export function kFold(rows: number, options: KFoldOptions): Uint32Array {
  const where = "kFold";
  checkOptions(where, options, ["folds", "shuffle", "randomState"]);
  checkInteger(where, "rows", rows, 2);
  const folds = checkInteger(where, "folds", options.folds, 2);
  if (folds > rows) {
    throw new Ell2Error("VALUE", { where, expected: `at most ${rows} folds, one a row`, got: `${folds}` });
  }
  const shuffle = checkBoolean(where, "shuffle", options.shuffle ?? false);
  const order = shuffle ? asGenerator(options.randomState).permutation(rows) : null;
  const out = new Uint32Array(rows);
  const larger = rows % folds;
  const size = Math.floor(rows / folds);
  for (let fold = 0, at = 0; fold < folds; fold++) {
    for (const stop = at + size + (fold < larger ? 1 : 0); at < stop; at++) out[order?.[at] ?? at] = fold;
  }
  return out;
}

/**
 * The rows of each fold, ascending, from a label a row: every distinct label is a fold, numbers in
 * ascending order and texts in that of their code units.
 * @param labels a number or a text for each row, such as `kFold` returns or a column holds
 * @param rows m, how many labels there have to be
 * @throws VALUE for another number of labels, a label that is neither, or fewer than two distinct ones
 */
export function rowsOfFolds(where: string, labels: ArrayLike<number | string>, rows: number): number[][] {
  const fail = (expected: string, got: string) => new Ell2Error("VALUE", { where, expected, got });
  if (labels.length !== rows) throw fail(`the fold of each of ${rows} rows`, `${labels.length} labels`);
  const members = new Map<number | string, number[]>();
  for (let i = 0; i < rows; i++) {
    const label = labels[i]!;
    if (typeof label !== "string" && !Number.isFinite(label)) {
      throw fail("folds that are named by numbers or texts", `${show(label)} at row ${i}`);
    }
    const known = members.get(label);
    if (known) known.push(i);
    else members.set(label, [i]);
  }
  if (members.size < 2) throw fail("at least two folds", `${members.size}`);
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, indices]) => indices);
}
