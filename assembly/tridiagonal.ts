/** What the reduction to tridiagonal form does at every step; src/kernels/tridiagonal.ts says what it computes. */

/** x − (u·p + w·v) of two entries; the update of one row by two others. */
function updated(x: v128, u: v128, p: v128, w: v128, v: v128): v128 {
  return f64x2.sub(x, f64x2.add(f64x2.mul(u, p), f64x2.mul(w, v)));
}

/**
 * A ← A − v₀·p₀ᵀ − p₀·v₀ᵀ and q ← q + A·v, for the first `count` rows of A, whose lower triangle stands row
 * by row: two rows at a time, in one pass over memory.
 */
export function reflectAndMultiply(a: usize, count: i32, v0: usize, p0: usize, v: usize, q: usize): void {
  for (let r = 0; r < count; r += 2) {
    const width = (<usize>r) << 3;
    const both = r + 1 < count;
    const next = a + width + 8;
    const vr = v128.load64_splat(v0 + width);
    const pr = v128.load64_splat(p0 + width);
    const wr = v128.load64_splat(v + width);
    let sum = f64x2.splat(0);
    if (!both) {
      for (let l: usize = 0; l < width; l += 16) {
        const x = updated(v128.load(a + l), vr, v128.load(p0 + l), pr, v128.load(v0 + l));
        v128.store(a + l, x);
        sum = f64x2.add(sum, f64x2.mul(x, v128.load(v + l)));
        v128.store(q + l, f64x2.add(v128.load(q + l), f64x2.mul(x, wr)));
      }
      finish(a + width, sum, width, v0, p0, v, q);
      return;
    }
    const vs = v128.load64_splat(v0 + width, 8);
    const ps = v128.load64_splat(p0 + width, 8);
    const ws = v128.load64_splat(v + width, 8);
    let sumNext = sum;
    for (let l: usize = 0; l < width; l += 16) {
      const p = v128.load(p0 + l);
      const w = v128.load(v0 + l);
      const u = v128.load(v + l);
      const x = updated(v128.load(a + l), vr, p, pr, w);
      const y = updated(v128.load(next + l), vs, p, ps, w);
      v128.store(a + l, x);
      v128.store(next + l, y);
      sum = f64x2.add(sum, f64x2.mul(x, u));
      sumNext = f64x2.add(sumNext, f64x2.mul(y, u));
      v128.store(q + l, f64x2.add(f64x2.add(v128.load(q + l), f64x2.mul(x, wr)), f64x2.mul(y, ws)));
    }
    finish(a + width, sum, width, v0, p0, v, q);
    // the entry of the next row that stands left of its diagonal, below that of this one
    const left = next + width;
    const y = updateOne(left, width + 8, width, v0, p0);
    sumNext = f64x2.replace_lane(sumNext, 0, f64x2.extract_lane(sumNext, 0) + y * f64.load(v + width));
    f64.store(q + width, f64.load(q + width) + y * f64.load(v + width, 8));
    finish(left + 8, sumNext, width + 8, v0, p0, v, q);
    a = next + width + 16;
  }
}

/** The entry at `at` in row r and column l (both in bytes), updated. */
function updateOne(at: usize, r: usize, l: usize, v0: usize, p0: usize): f64 {
  const x = f64.load(at) - (f64.load(v0 + r) * f64.load(p0 + l) + f64.load(p0 + r) * f64.load(v0 + l));
  f64.store(at, x);
  return x;
}

/** The diagonal entry of row r (in bytes), and what its row gives to q. */
function finish(at: usize, sum: v128, r: usize, v0: usize, p0: usize, v: usize, q: usize): void {
  const x = updateOne(at, r, r, v0, p0);
  const dot = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  f64.store(q + r, f64.load(q + r) + (dot + x * f64.load(v + r)));
}
