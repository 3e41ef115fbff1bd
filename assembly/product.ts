/**
 * C [height×width] += A·B over `steps` steps, in tiles of registers: the one inner loop of every kernel.
 *
 * Step s adds a[r]·b[l] to c[r, l], so each entry is a sum in the order of the steps; the two lanes of
 * a register are two entries, never two parts of one sum. Nothing is fused.
 *
 * Entry r of A at step s stands at `a + r·aLane + s·aStep`, entry l of B at `b + 8·l + s·bStep`, row r
 * of C at `c + r·cStep`; all in bytes. A tile reads, and in C writes, up to three entries past the
 * height and past the width: the caller leaves room, and what comes there means nothing.
 *
 * @param fresh C starts from 0; otherwise what is there is added to
 * @param upper only the tiles on and above the diagonal
 */
export function product(
  a: usize,
  aLane: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  height: i32,
  width: i32,
  fresh: bool,
  upper: bool,
): void {
  for (let r = 0; r < height; r += 4) {
    const aTile = a + <usize>r * aLane;
    const cTile = c + <usize>r * cStep;
    let l = upper ? r : 0;
    for (; l + 2 < width; l += 4) {
      if (aLane === 8) {
        across4(aTile, aStep, b + ((<usize>l) << 3), bStep, steps, cTile + ((<usize>l) << 3), cStep, fresh);
      } else {
        tile4(
          aTile,
          aLane,
          aStep,
          b + ((<usize>l) << 3),
          bStep,
          steps,
          cTile + ((<usize>l) << 3),
          cStep,
          fresh,
        );
      }
    }
    if (l < width) {
      tile2(
        aTile,
        aLane,
        aStep,
        b + ((<usize>l) << 3),
        bStep,
        steps,
        cTile + ((<usize>l) << 3),
        cStep,
        fresh,
      );
    }
  }
}

/** Four entries of A times four of B. */
function tile4(
  a: usize,
  aLane: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  fresh: bool,
): void {
  const row1 = c + cStep;
  const row2 = row1 + cStep;
  const row3 = row2 + cStep;
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(row1);
    c11 = v128.load(row1, 16);
    c20 = v128.load(row2);
    c21 = v128.load(row2, 16);
    c30 = v128.load(row3);
    c31 = v128.load(row3, 16);
  }
  let a1 = a + aLane;
  let a2 = a1 + aLane;
  let a3 = a2 + aLane;
  for (; steps > 0; steps--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a1);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a2);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a3);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
}

/** Four entries of A times four of B, the entries of A side by side. */
function across4(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  fresh: bool,
): void {
  const row1 = c + cStep;
  const row2 = row1 + cStep;
  const row3 = row2 + cStep;
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(row1);
    c11 = v128.load(row1, 16);
    c20 = v128.load(row2);
    c21 = v128.load(row2, 16);
    c30 = v128.load(row3);
    c31 = v128.load(row3, 16);
  }
  for (; steps > 0; steps--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    a += aStep;
    b += bStep;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
}

/** Four entries of A times two of B. */
function tile2(
  a: usize,
  aLane: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  fresh: bool,
): void {
  const row1 = c + cStep;
  const row2 = row1 + cStep;
  const row3 = row2 + cStep;
  let c0 = f64x2.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  if (!fresh) {
    c0 = v128.load(c);
    c1 = v128.load(row1);
    c2 = v128.load(row2);
    c3 = v128.load(row3);
  }
  let a1 = a + aLane;
  let a2 = a1 + aLane;
  let a3 = a2 + aLane;
  for (; steps > 0; steps--) {
    const y = v128.load(b);
    c0 = f64x2.add(c0, f64x2.mul(v128.load64_splat(a), y));
    c1 = f64x2.add(c1, f64x2.mul(v128.load64_splat(a1), y));
    c2 = f64x2.add(c2, f64x2.mul(v128.load64_splat(a2), y));
    c3 = f64x2.add(c3, f64x2.mul(v128.load64_splat(a3), y));
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  v128.store(c, c0);
  v128.store(row1, c1);
  v128.store(row2, c2);
  v128.store(row3, c3);
}
