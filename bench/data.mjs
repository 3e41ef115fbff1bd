// Rows to measure on, the same at every run, and the files by which peers get them.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Uniform in ±√3: mean 0, variance 1. Quick, and the same everywhere. */
function uniform(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * Math.sqrt(3);
  };
}

/** Memory that threads can share, where ell2 has threads. */
const floats = (ell2, length) =>
  ell2.startThreads ? new Float64Array(new SharedArrayBuffer(8 * length)) : new Float64Array(length);

/** m rows: n features of variance 1, k targets that are linear in them but for noise of variance 1. */
export function synthetic(ell2, m, n, k) {
  const draw = uniform(14);
  const X = new ell2.Matrix(m, n, floats(ell2, m * n));
  for (let i = 0; i < X.numel; i++) X.data[i] = draw();
  const Y = new ell2.Matrix(m, k, floats(ell2, m * k));
  if (k > 0) Y.data.set(X.matmul(new ell2.Matrix(n, k, new Float64Array(n * k).map(draw))).data);
  for (let i = 0; i < Y.numel; i++) Y.data[i] += 1 + draw();
  return new ell2.Dataset({ X, Y });
}

/** A data set at a peer: written, loaded there, and removed. The first `trainRows` train, the rest validate. */
export async function give(peer, folder, dataset, trainRows = dataset.rows) {
  const { X, Y, rows } = dataset;
  const files = { X: join(folder, "X.f64"), Y: join(folder, "Y.f64") };
  writeFileSync(files.X, X.data);
  writeFileSync(files.Y, Y.data);
  const name = "rows";
  await peer.ask("load", {
    name,
    files,
    rows: trainRows,
    features: X.cols,
    targets: Y.cols,
    validRows: rows - trainRows,
  });
  for (const file of Object.values(files)) rmSync(file);
  return name;
}
