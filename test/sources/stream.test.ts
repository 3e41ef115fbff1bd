import { beforeAll, describe, expect, it } from "vitest";
import { Moments } from "../../src/data/moments.js";
import { momentsOf, type Progress, readDataset, streamDataset } from "../../src/sources/index.js";
import { duckdb, refuses, testFolder } from "./help.js";

const { folder, file } = testFolder();
const path = `${folder}/rows.parquet`;
const ROWS = 20_000;

beforeAll(() =>
  duckdb(
    "SELECT setseed(0.5)",
    `COPY (SELECT i, 1e6 + random() AS a, CASE WHEN i % 97 = 0 THEN NULL ELSE random() END AS b,
      'c' || (i % 3) AS c, CAST(i % 5 AS DOUBLE) AS w, 'g' || (i * 7 // 31 % 4) AS g, random() AS y
      FROM range(${ROWS}) t(i)) TO '${path}' (ROW_GROUP_SIZE 3000)`,
  ),
);

describe("momentsOf", () => {
  it.each([
    ["numbers", { targets: ["y"], features: ["i", "a"] }],
    ["two targets and weights", { targets: ["y", "a"], features: ["i"], weight: "w" }],
    ["levels", { targets: ["y"], features: ["a"], categorical: ["c"] }],
    ["rows left out", { targets: ["y"], features: ["a", "b"], missing: "drop" as const }],
    ["cells filled in", { targets: ["y"], features: ["a", "b"], missing: "mean" as const }],
  ])("has the bits of Moments.of the rows in memory: %s", async (_, choice) => {
    const { dataset, columns, dropped, filled } = await readDataset(path, choice);
    const streamed = await momentsOf(path, choice);
    expect(JSON.stringify(streamed.moments[0])).toBe(JSON.stringify(Moments.of(dataset)));
    expect(streamed.columns).toEqual(columns);
    expect([streamed.dropped, streamed.filled]).toEqual([dropped, filled]);
  });

  it("by folds that a hash deals: of like size, together all rows, others with another seed", async () => {
    const choice = { targets: ["y"], features: ["i", "a"] };
    const { moments } = await momentsOf(path, { ...choice, folds: 5 });
    const all = Moments.of((await readDataset(path, choice)).dataset);
    expect(moments).toHaveLength(5);
    for (const { rows } of moments) expect(Math.abs(rows - ROWS / 5)).toBeLessThan(300);
    const merged = Moments.merge(moments);
    expect(merged.rows).toBe(ROWS);
    for (const [at, value] of merged.sxx.data.entries()) {
      expect(Math.abs(value - all.sxx.data[at]!)).toBeLessThanOrEqual(1e-13 * Math.abs(all.sxx.data[0]!));
    }
    const rowsOf = async (seed: number) =>
      (await momentsOf(path, { ...choice, folds: 5, seed })).moments.map((part) => part.meanX[0]);
    expect(await rowsOf(14)).toEqual(moments.map((part) => part.meanX[0]));
    expect(await rowsOf(15)).not.toEqual(await rowsOf(14));
    await refuses(momentsOf(path, { ...choice, folds: 1 }), "VALUE", /folds/);
  });

  it("by the texts of a column", async () => {
    const { moments } = await momentsOf(path, { targets: ["y"], features: ["i"], folds: { column: "g" } });
    const { dataset, table } = await readDataset(path, {
      targets: ["y"],
      features: ["i"],
      categorical: ["g"],
    });
    expect(moments).toHaveLength(4);
    for (const [fold, part] of moments.entries()) {
      const rows = Array.from({ length: ROWS }, (_, i) => i).filter(
        (i) => table.cells.data[2 * i + 1] === fold,
      );
      const mean = rows.reduce((sum, i) => sum + dataset.X.data[i * 5]!, 0) / rows.length;
      expect(part.rows).toBe(rows.length);
      expect(part.meanX[0]).toBeCloseTo(mean, 8);
    }
    const lacks = file("g,x,y\na,1,1\n,2,2\nb,3,3\n");
    await refuses(
      momentsOf(lacks, { targets: ["y"], folds: { column: "g" } }),
      "DATA",
      /:3: .*column "g", row 2, got an empty cell/,
    );
  });

  it("says how far it has come", async () => {
    const seen: Progress[] = [];
    await momentsOf(path, { targets: ["y"], features: ["a"], onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThanOrEqual(ROWS / 2048);
    expect(seen.at(-1)).toEqual({ rows: ROWS, total: ROWS });
    expect(seen.every(({ rows }, i) => i === 0 || rows > seen[i - 1]!.rows)).toBe(true);
  });
});

describe("streamDataset", () => {
  it("gives parts of bounded size in the order of the source, with texts beside them", async () => {
    const rows: number[] = [];
    const texts: (string | null)[] = [];
    let largest = 0;
    const found = await streamDataset(
      path,
      { features: ["i", "b"], missing: "drop", texts: ["c", "i"] },
      ({ dataset, texts: [c, i] }) => {
        largest = Math.max(largest, dataset.rows);
        for (let row = 0; row < dataset.rows; row++) rows.push(dataset.X.data[2 * row]!);
        expect(i).toEqual(Array.from({ length: dataset.rows }, (_, row) => String(dataset.X.data[2 * row])));
        texts.push(...c!);
      },
    );
    const kept = Array.from({ length: ROWS }, (_, i) => i).filter((i) => i % 97 !== 0);
    expect(rows).toEqual(kept);
    expect(texts).toEqual(kept.map((i) => `c${i % 3}`));
    expect(found.dropped).toBe(ROWS - kept.length);
    expect(largest).toBe(2048);
  });

  it("stops where its user throws, and refuses a text column that is not there", async () => {
    const stop = new Error("enough");
    const choice = { features: ["i"] };
    await expect(
      streamDataset(path, choice, () => {
        throw stop;
      }),
    ).rejects.toBe(stop);
    await refuses(
      streamDataset(path, { ...choice, texts: ["q"] }, () => {}),
      "DATA",
      /the column "q"/,
    );
  });
});
