import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asMatrix, Matrix } from "../../src/linalg/matrix.js";
import { refuses } from "../nn/help.js";
import { normalMatrix } from "./random.js";

const A = Matrix.from([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("new Matrix, Matrix.from, toArray", () => {
  test("new Matrix(rows, cols) holds zeros, and with data keeps that array", () => {
    expect(new Matrix(2, 3).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const data = Float64Array.of(1, 2, 3, 4);
    const M = new Matrix(2, 2, data);
    expect(M.data).toBe(data);
    expect([M.rows, M.cols, M.numel, M.shape]).toEqual([2, 2, 4, "[2×2]"]);
  });

  test("new Matrix refuses sizes that are not whole, other arrays, and a wrong number of entries", () => {
    for (const size of [-1, 1.5, Number.NaN, Infinity, "2", null]) {
      refuses(() => new Matrix(size as number, 1), "VALUE", /rows/);
      refuses(() => new Matrix(1, size as number), "VALUE", /cols/);
    }
    for (const data of [[1, 2], new Float32Array(2), new Float64Array(2).buffer]) {
      refuses(() => new Matrix(1, 2, data as unknown as Float64Array), "VALUE", /Float64Array/);
    }
    refuses(() => new Matrix(2, 2, new Float64Array(3)), "SHAPE", /2·2 = 4 entries, got 3/);
  });

  test("Matrix.from(rows).toArray() gives the rows back, copied", () => {
    const table = fc
      .integer({ min: 0, max: 4 })
      .chain((cols) =>
        fc.array(fc.array(fc.double(), { minLength: cols, maxLength: cols }), { minLength: 1, maxLength: 5 }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        const M = Matrix.from(rows);
        expect(M.toArray()).toEqual(rows);
        expect([M.rows, M.cols]).toEqual([rows.length, rows[0]!.length]);
      }),
    );
    const out = A.toArray();
    out[0]![0] = 99;
    expect(A.data[0]).toBe(1);
    expect(Matrix.from([]).shape).toBe("[0×0]");
  });

  test("Matrix.from refuses ragged rows, flat arrays and entries that are no numbers", () => {
    refuses(() => Matrix.from([[1, 2], [3]]), "SHAPE", /2 entries in row 1, as in row 0, got 1/);
    refuses(() => Matrix.from([1, 2] as unknown as number[][]), "VALUE", /\[\[1\], \[2\], \[3\]\]/);
    refuses(() => Matrix.from([[1], 2] as unknown as number[][]), "VALUE");
    refuses(() => Matrix.from("12" as unknown as number[][]), "VALUE");
    refuses(() => Matrix.from(null as unknown as number[][]), "VALUE");
    for (const entry of ["3", null, undefined, 1n, true, [3]]) {
      refuses(() => Matrix.from([[1, entry as unknown as number]]), "VALUE", /row 0, column 1/);
    }
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is refused
    refuses(() => Matrix.from([[1, , 3] as number[]]), "VALUE", /row 0, column 1/);
  });

  test("asMatrix gives a Matrix back itself, and copies nested arrays", () => {
    expect(asMatrix(A)).toBe(A);
    expect(asMatrix([[1, 2]]).toArray()).toEqual([[1, 2]]);
  });

  test("clone has memory of its own", () => {
    const copy = A.clone();
    copy.data[0] = 99;
    expect(copy.toArray()).toEqual([
      [99, 2, 3],
      [4, 5, 6],
    ]);
    expect(A.data[0]).toBe(1);
  });
});

describe("slice", () => {
  test("slice(start, end) shares its memory with the matrix, both ways", () => {
    const M = Matrix.from([[1], [2], [3], [4]]);
    const part = M.slice(1, 3);
    part.data[0] = 20;
    M.data[2] = 30;
    expect(M.toArray()).toEqual([[1], [20], [30], [4]]);
    expect(part.toArray()).toEqual([[20], [30]]);
    expect(part.data.buffer).toBe(M.data.buffer);
    expect(part.slice(1).data[0]).toBe(30);
  });

  test("slice(start, end) takes the rows that an array's slice takes, whatever the ends", () => {
    const end = fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), end, end, (rows, start, stop) => {
        const M = normalMatrix(rows, 2, 1);
        const part = M.slice(start, stop);
        expect(part.toArray()).toEqual(M.toArray().slice(start, stop));
        expect(part.cols).toBe(2);
      }),
    );
  });

  test("slice refuses ends that are not whole numbers", () => {
    for (const end of [0.5, Number.NaN, "1"]) {
      refuses(() => A.slice(end as number), "VALUE", /start/);
      refuses(() => A.slice(0, end as number), "VALUE", /end/);
    }
  });
});

describe("T, matmul, sum", () => {
  test("T swaps rows and columns, copied, and T of T is the matrix", () => {
    expect(A.T.toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const copy = A.T;
    copy.data[0] = 99;
    expect(A.data[0]).toBe(1);
    expect(normalMatrix(5, 3, 2).T.T).toEqual(normalMatrix(5, 3, 2));
  });

  test("matmul(other) multiplies, and (AB)ᵀ = BᵀAᵀ to the bit", () => {
    expect(A.matmul(A.T).toArray()).toEqual([
      [14, 32],
      [32, 77],
    ]);
    const [B, C] = [normalMatrix(4, 6, 3), normalMatrix(6, 2, 4)];
    expect(B.matmul(C).T).toEqual(C.T.matmul(B.T));
    expect(new Matrix(2, 0).matmul(new Matrix(0, 3))).toEqual(new Matrix(2, 3));
  });

  test("matmul refuses inner sizes that differ", () => {
    refuses(() => A.matmul(A), "SHAPE", /\[2×3\] · \[2×3\]/);
  });

  test("sum() adds every entry, sum(0) each column, sum(1) each row", () => {
    expect(A.sum()).toBe(21);
    expect(A.sum(0).toArray()).toEqual([[5, 7, 9]]);
    expect(A.sum(1).toArray()).toEqual([[6], [15]]);
    expect(new Matrix(0, 2).sum(0).toArray()).toEqual([[0, 0]]);
    for (const axis of [2, -1, "0", null]) refuses(() => A.sum(axis as 0), "VALUE", /axis/);
  });
});

describe("plus, minus, times", () => {
  const operations = { plus: [11, 9], minus: [9, -7], times: [10, 8] } as const;

  test.each(Object.entries(operations))(
    "%s takes a number, a matrix, one row or one column",
    (name, [first, second]) => {
      const operation = name as keyof typeof operations;
      const M = Matrix.from([[10], [1]]);
      expect(M[operation](1).toArray()[0]).toEqual([{ plus: 11, minus: 9, times: 10 }[operation]]);
      expect(M[operation](Matrix.from([[1], [8]])).toArray()).toEqual([[first], [second]]);
      expect(M).toEqual(Matrix.from([[10], [1]]));
    },
  );

  test("plus, minus and times broadcast one row over the rows and one column over the columns", () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      cols: fc.integer({ min: 1, max: 4 }),
      oneRow: fc.boolean(),
      oneCol: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ rows, cols, oneRow, oneCol }) => {
        const left = normalMatrix(rows, cols, 5);
        const right = normalMatrix(oneRow ? 1 : rows, oneCol ? 1 : cols, 6);
        const [sum, difference, product] = [left.plus(right), left.minus(right), left.times(right)];
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < cols; j++) {
            const a = left.data[i * cols + j]!;
            const b = right.data[(oneRow ? 0 : i) * right.cols + (oneCol ? 0 : j)]!;
            expect(sum.data[i * cols + j]).toBe(a + b);
            expect(difference.data[i * cols + j]).toBe(a - b);
            expect(product.data[i * cols + j]).toBe(a * b);
          }
        }
      }),
    );
  });

  test("plus, minus and times refuse shapes that do not fit, never growing the left side", () => {
    for (const name of ["plus", "minus", "times"] as const) {
      refuses(() => A[name](new Matrix(3, 2)), "SHAPE", /Matrix\.\w+: expected .*\[2×3\], got \[3×2\]/);
      refuses(() => A[name](new Matrix(2, 2)), "SHAPE");
      refuses(() => A[name](new Matrix(3, 3)), "SHAPE");
      refuses(() => new Matrix(1, 3)[name](new Matrix(2, 3)), "SHAPE");
      refuses(() => new Matrix(2, 1)[name](new Matrix(2, 3)), "SHAPE");
      for (const other of [[[1, 2, 3]], "1", null, undefined]) {
        refuses(() => A[name](other as unknown as Matrix), "SHAPE");
      }
    }
  });
});
