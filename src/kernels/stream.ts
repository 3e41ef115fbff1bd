/**
 * The kernels over the WebAssembly module: inputs stream through a block of its memory, in pieces of
 * rows small enough for the processor's cache. Signatures and bits are those of reference.ts.
 */
import { Memory } from "./memory.js";
import * as reference from "./reference.js";
import { streamColumns, streamPlainSums } from "./streamColumns.js";
import { blockSums, predictRows } from "./streamRows.js";
import { type ReflectAndMultiply, reduce } from "./tridiagonal.js";

/** The kernels that exist twice. */
export type Kernels = Pick<
  typeof reference,
  | "matmul"
  | "predict"
  | "residualSums"
  | "stepSums"
  | "squaredErrors"
  | "augmentedGram"
  | "columnSumsCentred"
  | "centredGram"
  | "centredSums"
  | "tridiagonalise"
>;

/** Entries of b that a product takes at a time, so that they stay in the processor's cache: 512 KB. */
const STRIPE_ENTRIES = 2 ** 16;
/** Rows for which copying b pays, and entries of b that are copied in any case. */
const LEAST_STRIPED_ROWS = 64;
const MOST_WHOLE_ENTRIES = 2 ** 20;

/** A product with so many columns of b at a time: b need not fit in the module's memory. */
function inStripes(
  kernels: Pick<Kernels, "matmul">,
  a: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  k: number,
  width: number,
  out: Float64Array,
): void {
  for (let left = 0; left < k; left += width) {
    const cols = Math.min(width, k - left);
    const [part, product] = [new Float64Array(n * cols), new Float64Array(m * cols)];
    for (let j = 0; j < n; j++) part.set(b.subarray(j * k + left, j * k + left + cols), j * cols);
    kernels.matmul(a, part, m, n, cols, product);
    for (let i = 0; i < m; i++) out.set(product.subarray(i * cols, (i + 1) * cols), i * k + left);
  }
}

/** The kernels over one instance of the compiled module. */
export function streamKernels(module: WebAssembly.Module): Kernels {
  const memory = new Memory(module);
  return {
    matmul(a, b, m, n, k, out) {
      const width = Math.max(4, Math.floor(STRIPE_ENTRIES / Math.max(1, n)));
      const pays = m >= LEAST_STRIPED_ROWS || n * k > MOST_WHOLE_ENTRIES;
      if (pays && width < k) return inStripes(this, a, b, m, n, k, width, out);
      if (!predictRows(memory, a, 0, m, n, b, null, k, out)) reference.matmul(a, b, m, n, k, out);
    },
    predict(X, start, stop, n, w, b, k, out) {
      if (!predictRows(memory, X, start, stop, n, w, b, k, out))
        reference.predict(X, start, stop, n, w, b, k, out);
    },
    residualSums(X, start, stop, n, R, k, sums) {
      if (blockSums(memory, X, R, null, start, stop, n, k, null, null, sums, true)) {
        reference.mergeBlocks(sums, reference.blockCount(stop - start), reference.sumsLength(n, k));
      } else reference.residualSums(X, start, stop, n, R, k, sums);
    },
    stepSums(X, Y, order, start, stop, n, k, w, b, sums) {
      if (blockSums(memory, X, Y, order, start, stop, n, k, w, b, sums, true)) {
        reference.mergeBlocks(sums, reference.blockCount(stop - start), reference.sumsLength(n, k));
      } else reference.stepSums(X, Y, order, start, stop, n, k, w, b, sums);
    },
    squaredErrors(X, Y, start, stop, n, k, w, b, sums) {
      if (blockSums(memory, X, Y, null, start, stop, n, k, w, b, sums, false)) {
        reference.mergeBlocks(sums, reference.blockCount(stop - start), k);
      } else reference.squaredErrors(X, Y, start, stop, n, k, w, b, sums);
    },
    augmentedGram(X, start, stop, n, out) {
      out.fill(0);
      const data = { X, Y: null, n, k: 1, c: null, weights: null };
      if (!streamColumns(memory, data, start, stop, null, out))
        return reference.augmentedGram(X, start, stop, n, out);
      const size = n + 1;
      for (let j = 0; j < size; j++) for (let l = 0; l < j; l++) out[j * size + l] = out[l * size + j]!;
    },
    columnSumsCentred(X, Y, start, stop, n, k, c, weights, out) {
      const data = { X, Y, n, k, c, weights };
      const plain = weights === null && c.every((x) => x === 0);
      if (plain && streamPlainSums(memory, data, start, stop, out)) return;
      if (streamColumns(memory, data, start, stop, out, null)) return;
      reference.columnSumsCentred(X, Y, start, stop, n, k, c, weights, out);
    },
    centredGram(X, Y, start, stop, n, k, c, weights, out) {
      out.fill(0, 0, (n + k) * (n + k));
      if (streamColumns(memory, { X, Y, n, k, c, weights }, start, stop, null, out)) return;
      reference.centredGram(X, Y, start, stop, n, k, c, weights, out);
    },
    centredSums(X, Y, start, stop, n, k, c, weights, sums, gram) {
      gram.fill(0, 0, (n + k) * (n + k));
      if (streamColumns(memory, { X, Y, n, k, c, weights }, start, stop, sums, gram)) return;
      reference.centredSums(X, Y, start, stop, n, k, c, weights, sums, gram);
    },
    tridiagonalise(a, n, diagonal, offDiagonal, h) {
      const size = (n * (n + 1)) / 2;
      const places = memory.layout(size, n + 1, n + 1, n + 1, n + 1);
      if (places === null) return reference.tridiagonalise(a, n, diagonal, offDiagonal, h);
      const [at, v0, p0, v, q] = places;
      memory.put(a, 0, size, at);
      const { wasm, heap } = memory;
      const step: ReflectAndMultiply = (first, count, ...vectors) => {
        const [w0, r0, w, r] = vectors.map((place) => 8 * place) as [number, number, number, number];
        wasm.reflectAndMultiply(8 * first, count, w0, r0, w, r);
      };
      reduce(heap, { a: at, v0, p0, v, q }, n, step, diagonal, offDiagonal, h);
      memory.take(at, a, 0, size);
    },
  };
}
