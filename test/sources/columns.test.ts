import { describe, expect, it } from "vitest";
import { featureNames } from "../../src/data/columns.js";
import { encode } from "../../src/data/encode.js";
import { learnColumns } from "../../src/data/learn.js";
import { readDataset } from "../../src/sources/index.js";
import { duckdb, refuses, testFolder } from "./help.js";

const { file, folder } = testFolder();

const CITY = "city,n,y\nRome,1,1\nBonn,2,2\nRome,3,3\nOslo,4,4\n";

describe("text columns", () => {
  const choice = { targets: ["y"], categorical: ["city"] };

  it("have a feature for each level, in the order of code units", async () => {
    const { dataset, columns } = await readDataset(file(CITY), choice);
    expect(dataset.inputs).toEqual(["city=Bonn", "city=Oslo", "city=Rome", "n"]);
    expect(dataset.X.toArray()).toEqual([
      [0, 0, 1, 1],
      [1, 0, 0, 2],
      [0, 0, 1, 3],
      [0, 1, 0, 4],
    ]);
    expect(columns[0]).toEqual({
      kind: "category",
      name: "city",
      levels: ["Bonn", "Oslo", "Rome"],
      reference: null,
    });
  });

  it("lose the first level, or the one that is named", async () => {
    const first = await readDataset(file(CITY), { ...choice, dropFirst: true });
    expect(first.dataset.inputs).toEqual(["city=Oslo", "city=Rome", "n"]);
    const named = await readDataset(file(CITY), { ...choice, reference: { city: "Rome" } });
    expect(named.dataset.inputs).toEqual(["city=Bonn", "city=Oslo", "n"]);
    expect(named.columns[0]).toMatchObject({ reference: "Rome" });
    await refuses(
      readDataset(file(CITY), { ...choice, reference: { city: "Paris" } }),
      "DATA",
      /"Bonn", "Oslo", "Rome".*"Paris"/,
    );
    await refuses(readDataset(file(CITY), { ...choice, reference: { n: "1" } }), "DATA", /text column.*"n"/);
  });

  it("sort levels as JavaScript does, and keep any text", async () => {
    const levels = ["\u{1f600}", "\uff5e", "a'b", 'say "hi"', " a", "a", "A", "ä", "__proto__", "1_0"];
    const rows = levels.map((level, i) => `"${level.replaceAll('"', '""')}",${i}`);
    const { dataset } = await readDataset(file(`c,y\n${rows.join("\n")}\n`), {
      targets: ["y"],
      categorical: ["c"],
    });
    expect(dataset.inputs).toEqual([...levels].sort().map((level) => `c=${level}`));
    expect([...dataset.X.data].reduce((sum, x) => sum + x)).toBe(levels.length);
  });

  it("may be numbers, whole ones without a point whatever their type", async () => {
    const path = `${folder}/codes.parquet`;
    await duckdb(`COPY (SELECT i % 2 + 1.0::DOUBLE AS c, i AS y FROM range(4) t(i)) TO '${path}'`);
    const typed = await readDataset(path, { targets: ["y"], categorical: ["c"] });
    expect(typed.dataset.inputs).toEqual(["c=1", "c=2"]);
    const again = await readDataset(file("c,y\n1,0\n2,0\n"), { targets: ["y"], columns: typed.columns });
    expect(again.dataset.X.toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("refuse an unknown level with its row, or set all indicators 0", async () => {
    const { columns } = await readDataset(file(CITY), choice);
    const path = file("n,city\n1,Oslo\n2,Lima\n3,Kyiv\n", "new.csv");
    const error = await refuses(
      readDataset(path, { columns }),
      "DATA",
      /new\.csv:3: .*"Bonn".*column "city", row 2, got "Lima"/,
    );
    expect(error.data).toMatchObject({ row: 2, column: "city", line: 3 });
    const { dataset, unknown } = await readDataset(path, { columns, unknown: "ignore" });
    expect(unknown).toBe(2);
    expect(dataset.X.toArray()).toEqual([
      [0, 1, 0, 1],
      [0, 0, 0, 2],
      [0, 0, 0, 3],
    ]);
  });

  it("know the level without a feature", async () => {
    const { columns } = await readDataset(file(CITY), { ...choice, dropFirst: true });
    const { dataset, unknown } = await readDataset(file("n,city\n1,Bonn\n"), { columns });
    expect([dataset.X.toArray(), unknown]).toEqual([[[0, 0, 1]], 0]);
  });
});

describe("missing cells", () => {
  const HOLES = "a,b,c,y\n1,,p,1\n,10,q,2\n3,20,,3\n5,30,p,4\n7,40,q,\n";
  const choice = { targets: ["y"], features: ["a", "b"] };

  it("are an error unless asked for", async () => {
    await refuses(readDataset(file(HOLES), choice), "DATA", /an empty cell; 1 of 5 rows lacks/);
  });

  it("drop their rows, counted by column; the others keep their numbers", async () => {
    const read = await readDataset(file(HOLES), { ...choice, missing: "drop" });
    expect(read.dataset.X.toArray()).toEqual([
      [3, 20],
      [5, 30],
    ]);
    expect(read.dropped).toBe(3);
    expect(read.missing).toEqual([
      { column: "a", cells: 1 },
      { column: "b", cells: 1 },
      { column: "y", cells: 1 },
    ]);
    expect([0, 1].map((i) => read.table.rowOf(i))).toEqual([3, 4]);
  });

  it("take the levels of the rows that are left alone", async () => {
    const path = file("c,a,y\np,1,1\nq,,2\nr,3,3\n");
    const { dataset } = await readDataset(path, { targets: ["y"], categorical: ["c"], missing: "drop" });
    expect(dataset.inputs).toEqual(["c=p", "c=r", "a"]);
  });

  it("are filled in with the mean, which the model keeps", async () => {
    const path = file("a,b,y\n1,,1\n,10,2\n3,20,3\n");
    const { dataset, columns, filled, missing } = await readDataset(path, { ...choice, missing: "mean" });
    expect(dataset.X.toArray()).toEqual([
      [1, 15],
      [2, 10],
      [3, 20],
    ]);
    expect(filled).toBe(2);
    expect(missing).toHaveLength(2);
    const again = await readDataset(file("a,b\n,\n"), { columns });
    expect(again.dataset.X.toArray()).toEqual([[2, 15]]);
    await refuses(readDataset(file("a,b\n,\n"), { columns, missing: "error" }), "DATA", /an empty cell/);
  });

  it("are not filled in in targets, weights and texts, nor where there is nothing to take the mean of", async () => {
    const mean = { missing: "mean" } as const;
    await refuses(
      readDataset(file(HOLES), { ...choice, ...mean }),
      "DATA",
      /column "y", row 5, got an empty cell/,
    );
    const texts = { ...mean, targets: ["a"], features: ["c"], categorical: ["c"] };
    await refuses(readDataset(file("a,c\n1,p\n2,\n"), texts), "DATA", /a value in column "c", row 2/);
    await refuses(
      readDataset(file("a,b,y\n1,,2\n2,,3\n"), { ...choice, ...mean }),
      "DATA",
      /column "b" to take the mean/,
    );
    await refuses(
      readDataset(file("a,b,y\n1,,2\n2,,3\n"), { ...choice, missing: "drop" }),
      "DATA",
      /without a missing cell/,
    );
  });
});

describe("the row weights", () => {
  it("are read, and checked with row and line", async () => {
    const choice = { targets: ["y"], weight: "w" };
    const { dataset } = await readDataset(file("w,a,y\n2,1,1\n0,2,2\n0.5,3,3\n"), choice);
    expect([...dataset.weights!]).toEqual([2, 0, 0.5]);
    expect(dataset.inputs).toEqual(["a"]);
    await refuses(
      readDataset(file("w,a,y\n2,1,1\n-1,2,2\n"), choice),
      "DATA",
      /:3: .*≥ 0 in column "w", row 2, got -1/,
    );
    await refuses(readDataset(file("w,a,y\n2,1,1\ninf,2,2\n"), choice), "DATA", /column "w", row 2, got Inf/);
    await refuses(
      readDataset(file("w,a,y\n2,1,1\nheavy,2,2\n"), choice),
      "DATA",
      /column "w", row 2, got "heavy"/,
    );
  });
});

describe("learnColumns and encode", () => {
  it("learn from some rows alone, so that a fold does not see its validation rows", async () => {
    const path = file("c,a,y\np,1,1\nq,3,2\nr,,3\np,100,4\n");
    const { table } = await readDataset(path, { targets: ["y"], categorical: ["c"], missing: "mean" });
    const columns = learnColumns(table, { rows: [0, 1], fill: true });
    expect(featureNames(columns)).toEqual(["c=p", "c=q", "a"]);
    expect(columns[1]).toMatchObject({ fill: 2 });
    expect(() => encode(table, columns)).toThrow(/row 3, got "r"/);
    const { dataset, unknown, filled } = encode(table, columns, { unknown: "ignore" });
    expect([unknown, filled]).toEqual([1, 1]);
    expect(dataset.X.toArray()[2]).toEqual([0, 0, 2]);
  });

  it("refuse a missing cell with the number of its row, and other columns", async () => {
    const path = file("a,y\n1,1\n,2\n");
    const { table } = await readDataset(path, { targets: ["y"], missing: "mean" });
    const columns = learnColumns(table);
    expect(() => encode(table, [...columns, ...columns])).toThrow(/columns a/);
    expect(() => encode(table, columns)).toThrow(/NaN at row 1/);
  });
});
