import { describe, expect, it } from "vitest";
import { type LineChartOptions, terminalChart } from "../../src/charts/index.js";

const chart: LineChartOptions = {
  title: "weights over λ",
  x: { label: "λ", scale: "log", reverse: true },
  y: { label: "weight" },
  series: [
    { name: "age", x: [0.001, 0.1, 10], y: [4, 2, 0] },
    { name: "bmi", x: [0.001, 0.1, 10], y: [-4, -2, 0] },
  ],
  marks: [{ x: 0.1, label: "chosen" }],
};
const width = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

describe("terminalChart", () => {
  it("draws lines as letters in ASCII, each with its name at its end", () => {
    expect(terminalChart(chart, { width: 44, height: 5, ascii: true })).toBe(`weights over lambda
  weight
                     | chosen
  4 |                |        aaaaaaaa a age
  2 |         aaaaaaaaaaaaaaaa
  0 |bbbbbbbba       |
 -2 |        bbbbbbbbbbbbbbbb
 -4 |                |       bbbbbbbbb b bmi
    +---------------------------------
     10      1      0.1     0.01    10^-3
     lambda`);
  });

  it("draws finer in braille, with the same ends", () => {
    const text = terminalChart(chart, { width: 60, height: 6 });
    expect(text).toMatch(/[\u2801-\u28ff]/);
    expect(text).toMatch(/┊ chosen/);
    expect(text).toMatch(/ age$/m);
    expect(text).toMatch(/ bmi$/m);
    expect(text.indexOf("age")).toBeLessThan(text.indexOf("bmi"));
  });

  it("keeps to its width, and to printable ASCII where asked to", () => {
    for (const columns of [40, 60, 80, 200]) {
      expect(width(terminalChart(chart, { width: columns }))).toBeLessThanOrEqual(columns + 1);
      const ascii = terminalChart({ ...chart, title: "Größe \u001b[31m" }, { width: columns, ascii: true });
      expect(ascii).toMatch(/^[ -~\n]*$/);
      expect(width(ascii)).toBeLessThanOrEqual(columns + 1);
    }
  });

  it("draws error bars up and down from the line", () => {
    const bars = { ...chart, series: [{ name: "", x: [0.1, 1], y: [5, 5], error: [3, 3] }], marks: [] };
    const column = terminalChart(bars, { ascii: false, height: 8 })
      .split("\n")
      .filter((line) => /│[^\u2800-\u28ff]*[\u2801-\u28ff]/.test(line));
    expect(column.length).toBeGreaterThan(3);
  });

  it("says that there is no data, and which of many lines are drawn", () => {
    expect(terminalChart({ ...chart, series: [] })).toBe("weights over λ\n  no data");
    const nothing = [{ name: "a", x: [1], y: [Number.NaN] }];
    expect(terminalChart({ ...chart, series: nothing })).toContain("no data");
    const series = Array.from({ length: 500 }, (_, j) => ({ name: `f${j}`, x: [1, 2], y: [0, j] }));
    expect(terminalChart({ ...chart, series })).toContain("(the 12 largest of 500 are drawn)");
  });

  it("shows names with escapes in them harmlessly", () => {
    const series = [{ name: "\u001b[31mred\n", x: [1, 2], y: [1, 2] }];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    expect(terminalChart({ ...chart, series })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
