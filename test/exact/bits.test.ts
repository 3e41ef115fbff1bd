/** The bits of "ridge" in docs/reliability.md: what is recorded there is what rational arithmetic rounds to. */
import { expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.js";
import { makeRegression } from "../../src/data/makeRegression.js";
import { fitRidge } from "../../src/fit/fitRidge.js";
import { toNumber } from "./rational.js";
import { exactRidge, wholeSums } from "./ridge.js";

it("fitRidge of the notebook's rows: every weight and bias is the float64 nearest to the exact one", () => {
  const made = makeRegression({
    nSamples: 10_100,
    nFeatures: 6,
    nInformative: 5,
    nTargets: 3,
    noise: 1,
    randomState: 14,
  });
  const train = new Dataset(made).slice(0, 100);
  const problem = {
    X: train.X.toArray(),
    Y: train.Y.toArray(),
    lambda: 0.01,
    standardize: true,
    intercept: true,
  };
  const { targets } = exactRidge(problem, wholeSums(problem));
  const { model } = fitRidge(train, { lambda: 0.01 });
  expect(model.weight.toArray()).toEqual(targets.map(({ weight }) => weight.map(toNumber)));
  expect(Array.from(model.bias)).toEqual(targets.map(({ bias }) => toNumber(bias)));
});
