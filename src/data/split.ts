import { Ell2Error } from "../errors.js";
import { checkBoolean, checkOptions, show } from "../numbers/check.js";
import type { NumPy } from "../random/numpy.js";
import type { Dataset } from "./dataset.js";
import { asGenerator } from "./makeRegression.js";

/** The options of `trainTestSplit`, with scikit-learn's names. */
export interface SplitOptions {
  testSize?: number;
  trainSize?: number;
  shuffle?: boolean;
  randomState?: number | readonly number[] | NumPy;
}

/**
 * Splits a data set at random into rows to train on and rows to test on.
 *
 * With a permutation p of the rows, the test rows are the first of p, the training rows the next;
 * without shuffling the head trains and the tail tests. Source: scikit-learn's `train_test_split`
 * (the same rows for the same `randomState`, and the same rules for sizes).
 *
 * @param dataset m ≥ 2 rows
 * @param options.testSize a fraction in (0, 1), of which ⌈testSize·m⌉ rows are taken, or a number of
 *   rows in [1, m − 1]; the rest of `trainSize` by default, 0.25 if neither is given
 * @param options.trainSize a fraction in (0, 1), of which ⌊trainSize·m⌋ rows are taken, or a number of rows; the rest by default
 * @param options.shuffle true by default
 * @param options.randomState a seed or a generator; a fresh random seed if left out
 * @returns train and test, copied when shuffled and sharing memory when not
 * @throws VALUE for sizes that do not fit, OPTION for an option that does not exist
 */
export function trainTestSplit(
  dataset: Dataset,
  options: SplitOptions = {},
): { train: Dataset; test: Dataset } {
  const where = "trainTestSplit";
  checkOptions(where, options, ["testSize", "trainSize", "shuffle", "randomState"]);
  const m = dataset.rows;
  const { nTrain, nTest } = splitSizes(where, m, options.testSize, options.trainSize);
  if (!checkBoolean(where, "shuffle", options.shuffle ?? true)) {
    return { train: dataset.slice(0, nTrain), test: dataset.slice(nTrain, nTrain + nTest) };
  }
  const { train, test } = shuffledRows(m, nTrain, nTest, options.randomState);
  return { train: dataset.take(train), test: dataset.take(test) };
}

/** Which rows train and which test, for rows that are not a data set yet: as `trainTestSplit` with a test size takes them. */
export function trainTestRows(rows: number, testSize: number, randomState: number) {
  const { nTrain, nTest } = splitSizes("trainTestRows", rows, testSize);
  return shuffledRows(rows, nTrain, nTest, randomState);
}

function shuffledRows(rows: number, nTrain: number, nTest: number, randomState: SplitOptions["randomState"]) {
  const order = asGenerator(randomState).permutation(rows);
  return { train: order.subarray(nTest, nTest + nTrain), test: order.subarray(0, nTest) };
}

function splitSizes(where: string, m: number, testSize?: number, trainSize?: number) {
  const count = (name: string, size: number, round: (x: number) => number): number => {
    if (size > 0 && size < 1) return round(size * m);
    if (Number.isSafeInteger(size) && size >= 1 && size < m) return size;
    throw new Ell2Error("VALUE", {
      where,
      expected: `${name} to be a fraction in (0, 1) or a number of rows in [1, ${m - 1}]`,
      got: show(size),
    });
  };
  const test = testSize ?? (trainSize === undefined ? 0.25 : undefined);
  const givenTest = test === undefined ? undefined : count("testSize", test, Math.ceil);
  const givenTrain = trainSize === undefined ? undefined : count("trainSize", trainSize, Math.floor);
  const nTest = givenTest ?? m - givenTrain!;
  const nTrain = givenTrain ?? m - nTest;
  if (nTrain < 1 || nTrain + nTest > m) {
    throw new Ell2Error("VALUE", {
      where,
      expected: `at least one row to train on, and sizes that add up to at most ${m} rows`,
      got: `${nTrain} to train on and ${nTest} to test on`,
    });
  }
  return { nTrain, nTest };
}
