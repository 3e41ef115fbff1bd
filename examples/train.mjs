// Trains the notebook's regression row by row, and asks where that training would end.
import {
  Dataset,
  fit,
  LinearRegression,
  Moments,
  makeRegression,
  random,
  ridge,
  stableLearningRate,
} from "ell2";

const { X, Y } = makeRegression({
  nSamples: 100,
  nFeatures: 6,
  nInformative: 5,
  nTargets: 3,
  noise: 1,
  randomState: 14,
});
const train = new Dataset({ X, Y });
const model = new LinearRegression(6, 3, { lambda: 0.01, generator: new random.Torch(14) });

const { log } = fit(model, train, { epochs: 16, lr: 0.01, batchSize: 33 });
console.log(log.at(0).mse.toFixed(1), log.at(-1).mse.toFixed(1)); // 32560.5 5557.8

const { rate } = stableLearningRate(Moments.of(train), { lambda: 0.01 });
const longer = fit(model, train, { epochs: 1000, lr: rate / 2 });
const limit = ridge(train, { lambda: 0.01 });
const largest = (matrix) => Math.max(...matrix.data.map(Math.abs));
const apart = largest(model.w.minus(limit.w)) / largest(limit.w);
console.log(longer.strategy, rate.toFixed(3), apart < 1e-12); // moments 2.003 true
