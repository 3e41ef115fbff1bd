// How far two results are apart.

/** The largest difference, relative to the largest entry of the second. */
function ofLargest(ours, theirs) {
  let [difference, largest] = [0, 0];
  for (let i = 0; i < theirs.length; i++) {
    difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
    largest = Math.max(largest, Math.abs(theirs[i]));
  }
  if (ours.length !== theirs.length || Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  return difference === 0 ? 0 : difference / largest;
}

/** The largest relative difference of entries. */
export function relative(ours, theirs) {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const each = Array.from(ours, (value, i) =>
    value === theirs[i] ? 0 : Math.abs(value - theirs[i]) / Math.abs(theirs[i]),
  );
  return Math.max(0, ...each);
}

/** Of a model and a peer's `weight` [k×n] and `bias`: the worse of weight and bias. */
export const ofModels = ({ w, b }, { weight, bias }) =>
  Math.max(ofLargest(w.T.data, weight.flat()), ofLargest(b.data, bias));

/** Of two trainings: losses of every epoch, validation losses, and the final parameters. */
export function ofTrainings({ log, model }, theirs) {
  const [mse, valid] = [0, 1].map((i) => theirs.log.map((entry) => entry[i]).filter((x) => x !== null));
  const mseValid = log.map((entry) => entry.mseValid).filter((x) => x !== null);
  return Math.max(
    relative(
      log.map((entry) => entry.mse),
      mse,
    ),
    relative(mseValid, valid),
    ofModels(model, theirs),
  );
}
