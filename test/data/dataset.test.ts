import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset, type DatasetOptions } from "../../src/data/dataset.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { normalMatrix } from "../linalg/random.js";
import { refuses } from "../nn/help.js";

const [X, Y] = [normalMatrix(6, 3, 1), normalMatrix(6, 2, 2)];

describe("new Dataset", () => {
  test("new Dataset keeps matrices as they are, and copies nested arrays", () => {
    const data = new Dataset({ X, Y });
    expect(data.X).toBe(X);
    expect(data.Y).toBe(Y);
    expect(data.rows).toBe(6);
    const nested = new Dataset({ X: [[1, 2], [3, 4]], Y: [[5], [6]] }); // biome-ignore format: two rows
    expect([nested.X.shape, nested.Y.shape]).toEqual(["[2×2]", "[2×1]"]);
  });

  test("new Dataset names columns x0, x1, … and y0, y1, … unless given names", () => {
    const data = new Dataset({ X, Y });
    expect([data.inputs, data.outputs]).toEqual([
      ["x0", "x1", "x2"],
      ["y0", "y1"],
    ]);
    const named = new Dataset({ X, Y, inputs: ["a", "b", "c"], outputs: ["d", "e"] });
    expect([named.inputs, named.outputs]).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  test("new Dataset refuses X and Y of different lengths, naming both shapes", () => {
    refuses(() => new Dataset({ X, Y: normalMatrix(5, 2, 1) }), "SHAPE", /X \[6×3\] and Y \[5×2\]/);
  });

  test("new Dataset refuses names that do not fit the columns", () => {
    for (const inputs of [["a"], ["a", "b", "c", "d"], ["a", "b", 3], "abc", [], null]) {
      refuses(() => new Dataset({ X, Y, inputs: inputs as string[] }), "SHAPE", /inputs to be 3 names/);
    }
    refuses(() => new Dataset({ X, Y, outputs: ["d"] }), "SHAPE", /outputs to be 2 names, got 1/);
  });

  test("new Dataset refuses NaN and infinities, and says where they are", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (let at = 0; at < 6; at++) {
        const bad = new Matrix(
          3,
          2,
          Float64Array.from({ length: 6 }, (_, i) => (i === at ? value : i)),
        );
        const place = new RegExp(`${value} at row ${Math.floor(at / 2)}, column ${at % 2} `);
        refuses(() => new Dataset({ X: bad, Y: normalMatrix(3, 1, 1) }), "NOT_FINITE", place);
        refuses(() => new Dataset({ X: normalMatrix(3, 1, 1), Y: bad }), "NOT_FINITE", place);
      }
    }
  });

  test("new Dataset refuses options that do not exist or are no object", () => {
    refuses(() => new Dataset({ X, Y, input: ["a"] } as DatasetOptions), "OPTION", /"input"/);
    refuses(() => new Dataset(null as unknown as DatasetOptions), "OPTION");
    refuses(() => new Dataset({ X } as DatasetOptions), "VALUE");
    refuses(() => new Dataset({ X: [1, 2] as unknown as number[][], Y }), "VALUE");
  });
});

describe("slice and take", () => {
  const named = () =>
    new Dataset({ X: X.clone(), Y: Y.clone(), inputs: ["a", "b", "c"], outputs: ["d", "e"] });

  test("slice(start, end) shares memory with the data set and keeps the names", () => {
    const data = named();
    const part = data.slice(1, -2);
    expect(part.rows).toBe(3);
    expect(part.X.toArray()).toEqual(data.X.toArray().slice(1, -2));
    expect(part.Y.toArray()).toEqual(data.Y.toArray().slice(1, -2));
    part.X.data[0] = 99;
    part.Y.data[0] = 98;
    expect([data.X.data[3], data.Y.data[2]]).toEqual([99, 98]);
    expect([part.inputs, part.outputs]).toEqual([data.inputs, data.outputs]);
  });

  test("take(indices) copies rows in the order given, repeats included", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 9 }), (indices) => {
        const data = named();
        const taken = data.take(indices);
        expect(taken.X.toArray()).toEqual(indices.map((i) => data.X.toArray()[i]));
        expect(taken.Y.toArray()).toEqual(indices.map((i) => data.Y.toArray()[i]));
        expect([taken.inputs, taken.outputs]).toEqual([data.inputs, data.outputs]);
        taken.X.data.fill(99);
        taken.Y.data.fill(99);
        expect(data).toEqual(named());
      }),
    );
    expect(named().take(Uint32Array.of(5, 0)).X.toArray()).toEqual([X.toArray()[5], X.toArray()[0]]);
  });

  test("take refuses rows that are not there, rather than making rows of zeros", () => {
    for (const index of [6, -1, 2 ** 31, 0.5, Number.NaN]) refuses(() => named().take([0, index]), "VALUE");
  });
});
