import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  barChart,
  type LineChartOptions,
  lineChart,
  predictedObserved,
  residuals,
  scatter,
  terminalChart,
} from "../../src/charts/index.js";
import { coordinates, note, paths, texts } from "./parts.js";

const chart = (more: Partial<LineChartOptions> = {}): string =>
  lineChart({
    title: "weights",
    x: { label: "λ", scale: "log" },
    y: { label: "weight" },
    series: [{ name: "age", x: [0.01, 0.1, 1], y: [3, 2, 1] }],
    ...more,
  });

/** What must hold of every chart. */
function expectSound(svg: string): void {
  expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*><title>[^<]*<\/title>/);
  for (const value of coordinates(svg)) expect(value).not.toMatch(/NaN|Infinity|undefined/);
  for (const [, x, y] of svg.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(x)).toBeLessThanOrEqual(360);
    expect(Number(y)).toBeGreaterThanOrEqual(0);
    expect(Number(y)).toBeLessThanOrEqual(400);
  }
}

const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e-320, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY, 1, 1 + 1e-15),
);

describe("lineChart", () => {
  it("puts the ends of the data at the ends of a log axis, and a value where it belongs between", () => {
    const [[first, middle, last]] = paths(chart()) as [[number[], number[], number[]]];
    expect(middle![0]).toBeCloseTo((first![0]! + last![0]!) / 2, 1);
    const [reversed] = paths(chart({ x: { label: "λ", scale: "log", reverse: true } })) as [number[][]];
    expect(reversed[0]![0]).toBeCloseTo(last![0]!, 1);
    expect(reversed[2]![0]).toBeCloseTo(first![0]!, 1);
    expect(texts(chart())).toEqual(expect.arrayContaining(["0.01", "0.1", "1", "λ", "weight", "age"]));
  });

  it("ends a linear axis at round numbers that enclose the data", () => {
    const shown = texts(
      chart({ y: { label: "weight", unit: "pounds" }, series: [{ name: "", x: [1, 10], y: [-3.7, 11.2] }] }),
    );
    expect(shown).toEqual(expect.arrayContaining(["−5", "0", "15", "weight (pounds)"]));
  });

  it("escapes whatever text it is given, and takes the sting out of control characters", () => {
    const sting = `</title><script>alert("1")</script>'&\u0000\u001b[31m\u202e\ud800`;
    const svg = chart({
      title: sting,
      description: sting,
      x: { label: sting, unit: sting },
      y: { label: sting },
      series: [{ name: sting, x: [1, 2], y: [1, 2] }],
      marks: [{ x: 1, label: sting }],
    });
    expect(svg).not.toMatch(/<script|alert\("|'/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    expect(svg).not.toMatch(/[\u0000-\u001f\u202e]|\p{Surrogate}/u);
    expect(svg).toContain(
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;\ufffd\ufffd[31m\ufffd\ufffd",
    );
  });

  it.each([
    ["no series", [], 0],
    ["no points", [{ name: "a", x: [], y: [] }], 0],
    ["NaN alone", [{ name: "a", x: [1, 2], y: [Number.NaN, Number.NaN] }], 2],
    ["zeros on a log axis", [{ name: "a", x: [0], y: [1] }], 1],
  ])("says that there is no data: %s", (_, series, dropped) => {
    const svg = chart({ series });
    expectSound(svg);
    expect(texts(svg)).toContain("no data");
    expect(note(svg)).toBe(
      dropped === 0 ? "" : `${dropped} value${dropped === 1 ? "" : "s"} that cannot be shown here left out`,
    );
  });

  it("interrupts a line where a value cannot be shown, and says how many were left out", () => {
    const svg = chart({ series: [{ name: "a", x: [1, 2, 3, 4], y: [1, Number.NaN, 3, 4] }] });
    expect(/<path d="(M[^"]*)" stroke-width="2"/.exec(svg)![1]).toMatch(/^M[^ML]*h0M[^ML]*L[^ML]*h0$/);
    expect(note(svg)).toContain("1 value that cannot be shown here left out");
  });

  it("draws one point, constant values and huge ranges", () => {
    for (const y of [[5], [5, 5, 5], [0, 0], [-1e300, 1e300], [1e-300, 1], [1e9, 1e9 + 1e-4]]) {
      const svg = chart({ series: [{ name: "a", x: y.map((_, i) => i + 1), y }] });
      expectSound(svg);
      expect(paths(svg)[0]).toHaveLength(y.length);
      expect(texts(svg).every((text) => text.length < 30)).toBe(true);
    }
  });

  it("draws the twelve largest of 500 lines, and says so", () => {
    const series = Array.from({ length: 500 }, (_, j) => ({
      name: `f${j}`,
      x: [1, 2],
      y: [0, (j * 37) % 500],
    }));
    const svg = chart({ series });
    expect(paths(svg)).toHaveLength(12);
    const drawn = series.filter(({ y }) => y[1]! >= 488).map(({ name }) => name);
    expect(texts(svg)).toEqual(expect.arrayContaining(drawn));
    expect(texts(svg)).toContain("the 12 largest of 500 are drawn");
    expect(note(svg)).toContain("the 12 largest of 500 are drawn");
  });

  it("keeps names at the ends apart, and within the picture", () => {
    const svg = chart({
      series: Array.from({ length: 12 }, (_, j) => ({ name: `f${j}`, x: [1, 2], y: [j, 1 + j / 1000] })),
    });
    const heights = [...svg.matchAll(/y="([\d.]+)">f\d+</g)].map(([, y]) => Number(y)).sort((a, b) => a - b);
    expect(heights).toHaveLength(12);
    for (let i = 1; i < 12; i++) expect(heights[i]! - heights[i - 1]!).toBeGreaterThanOrEqual(12.9);
    expect(heights.at(-1)).toBeLessThan(230);
  });

  it("draws error bars from y − e to y + e, within the axis, and marks at their x", () => {
    const svg = chart({
      series: [{ name: "", x: [1, 10], y: [10, 20], error: [5, 2] }],
      marks: [{ x: 10, label: "least error" }],
    });
    const bars = [...svg.matchAll(/<path d="M[\d.]+,([\d.]+)V([\d.]+)M/g)].map(
      ([, low, high]) => Number(low) - Number(high),
    );
    expect(bars).toHaveLength(2);
    expect(bars[0]! / bars[1]!).toBeCloseTo(5 / 2, 1);
    const at = paths(svg)[0]![1]![0]!;
    expect(svg).toContain(`<line x1="${at}" x2="${at}"`);
    expect(texts(svg)).toContain("least error");
  });

  it("thins a long line, and keeps its peaks", () => {
    const y = Array.from({ length: 50_000 }, (_, i) => (i === 31_415 ? 1000 : i % 7));
    const svg = chart({ x: { label: "epoch" }, series: [{ name: "", x: y.map((_, i) => i), y }] });
    const [points] = paths(svg);
    expect(points!.length).toBeLessThanOrEqual(1200);
    const peak = points!.reduce((best, point) => (point[1]! < best[1]! ? point : best));
    expect(peak[1]).toBeLessThan(60);
  });

  it("interrupts a long line too", () => {
    const y = Array.from({ length: 9000 }, (_, i) => (i >= 4013 && i < 5000 ? Number.NaN : i % 7));
    const svg = chart({ x: { label: "epoch" }, series: [{ name: "", x: y.map((_, i) => i), y }] });
    expect(/<path d="(M[^"]*)" stroke-width="2"/.exec(svg)![1]!.split("M")).toHaveLength(3);
  });

  it("is sound whatever the numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyNumber, anyNumber, anyNumber), { maxLength: 20 }),
        fc.constantFrom("linear" as const, "log" as const),
        fc.constantFrom("linear" as const, "log" as const),
        (points, xScale, yScale) => {
          const svg = lineChart({
            title: "t",
            x: { label: "x", scale: xScale },
            y: { label: "y", scale: yScale },
            series: [
              {
                name: "a",
                x: points.map(([x]) => x),
                y: points.map(([, y]) => y),
                error: points.map(([, , e]) => e),
              },
            ],
            marks: points.slice(0, 2).map(([x]) => ({ x, label: "mark" })),
          });
          expectSound(svg);
        },
      ),
    );
  });
});

describe("scatter", () => {
  const axes = { title: "t", x: { label: "x" }, y: { label: "y" } };

  it("gives both axes the same ends for the diagonal", () => {
    const svg = predictedObserved({ title: "t", observed: [1, 2, 9], predicted: [2, 2, 4], unit: "cm" });
    expectSound(svg);
    const numbers = texts(svg).filter((text) => /^[\d.]+$/.test(text));
    expect(numbers.filter((text) => text === "0" || text === "10").sort()).toEqual(["0", "0", "10", "10"]);
    expect(texts(svg)).toEqual(expect.arrayContaining(["observed (cm)", "predicted (cm)"]));
  });

  it("of residuals shows observed − predicted with 0 in sight", () => {
    const svg = residuals({ title: "t", observed: [5, 6], predicted: [1, 1] });
    expect(texts(svg)).toEqual(expect.arrayContaining(["0", "observed − predicted"]));
    const [, a, b] = /<path d="M[\d.]+,([\d.]+)h0M[\d.]+,([\d.]+)h0"/.exec(svg)!;
    expect(Number(b)).toBeLessThan(Number(a)); // the larger residual stands higher
  });

  it("thins many points to 2000 at most, the same ones each time, keeps the outlier, and says so", () => {
    const x = Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 10_007) / 10_007);
    const y = x.map((value, i) => value + ((i * 104_729) % 997) / 997);
    x.push(5);
    y.push(40);
    const svg = scatter({ ...axes, points: { x, y } });
    expect(scatter({ ...axes, points: { x, y } })).toBe(svg);
    const drawn = [...svg.matchAll(/M([\d.]+),([\d.]+)h0/g)].map(([, left, top]) => [
      Number(left),
      Number(top),
    ]);
    expect(drawn.length).toBeLessThanOrEqual(2000);
    expect(drawn.length).toBeGreaterThan(0);
    expect(texts(svg)).toContain(`${drawn.length} of 20001 points drawn`);
    expect(Math.min(...drawn.map(([, top]) => top!))).toBeLessThan(60);
  });

  it("is sound whatever the numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 20 }),
        fc.constantFrom("diagonal" as const, "zero" as const),
        (points, line) => {
          expectSound(
            scatter({ ...axes, line, points: { x: points.map(([x]) => x), y: points.map(([, y]) => y) } }),
          );
        },
      ),
    );
  });
});

describe("a chart", () => {
  it("refuses options that do not exist, and lists that do not fit each other", () => {
    const axis = { label: "x" };
    const line = { name: "a", x: [1, 2], y: [1, 2] };
    const wrong: [() => string, string][] = [
      [() => chart({ tilte: "x" } as never), "OPTION"],
      [() => chart({ x: { label: "x", scale: "logarithmic" as never } }), "OPTION"],
      [() => chart({ x: { label: "x", units: "cm" } as never }), "OPTION"],
      [() => chart({ marks: [{ at: 1 }] as never }), "OPTION"],
      [() => chart({ series: [{ ...line, y: [1] }] }), "SHAPE"],
      [() => chart({ series: [{ ...line, error: [1] }] }), "SHAPE"],
      [() => chart({ series: [{ ...line, errors: [1, 2] } as never] }), "OPTION"],
      [() => scatter({ title: "t", x: axis, y: axis, points: { x: [1], y: [] } }), "SHAPE"],
      [
        () => scatter({ title: "t", x: axis, y: axis, points: { x: [], y: [] }, lines: "zero" } as never),
        "OPTION",
      ],
      [() => residuals({ title: "t", observed: [1, 2], predicted: [1] }), "SHAPE"],
      [() => predictedObserved({ title: "t", observed: [1, 2], predicted: [1] }), "SHAPE"],
      [() => predictedObserved({ title: "t", observed: [], predicted: [], units: "cm" } as never), "OPTION"],
      [() => barChart({ title: "t", x: axis, bars: [], sort: true } as never), "OPTION"],
      [() => terminalChart({ title: "t", x: axis, y: axis, series: [line] }, { width: Number.NaN }), "VALUE"],
      [
        () => terminalChart({ title: "t", x: axis, y: axis, series: [line] }, { columns: 80 } as never),
        "OPTION",
      ],
    ];
    for (const [make, code] of wrong) expect(make, String(make)).toThrow(expect.objectContaining({ code }));
  });
});

describe("barChart", () => {
  const x = { label: "change" };

  it("draws each bar from 0 to its value, with its value beside it", () => {
    const svg = barChart({
      title: "t",
      x,
      bars: [
        { name: "up", value: 4 },
        { name: "down", value: -2 },
      ],
    });
    expectSound(svg);
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths[0]! / widths[1]!).toBeCloseTo(2, 1);
    expect(texts(svg)).toEqual(expect.arrayContaining(["up", "down", "4", "−2", "0"]));
  });

  it("draws intervals in place of values where there are any", () => {
    const svg = barChart({ title: "t", x, bars: [{ name: "a", value: 4.5678, low: -1, high: 9 }] });
    expectSound(svg);
    expect(texts(svg)).not.toContain("4.568");
    expect(svg).toMatch(/<path d="M[\d.]+,[\d.]+H[\d.]+M/);
  });

  it("draws the twelve largest of 500, in their own order, and says so", () => {
    const bars = Array.from({ length: 500 }, (_, j) => ({
      name: `f${j}`,
      value: ((j * 37) % 500) * (j % 2 ? 1 : -1),
    }));
    const svg = barChart({ title: "t", x, bars });
    const names = texts(svg).filter((text) => /^f\d+$/.test(text));
    expect(names).toEqual(bars.filter(({ value }) => Math.abs(value) >= 488).map(({ name }) => name));
    expect(note(svg)).toContain("the 12 largest of 500 are drawn");
  });

  it("leaves out what is not finite, and says so; and says that there is no data", () => {
    const svg = barChart({
      title: "t",
      x,
      bars: [
        { name: "a", value: 1 },
        { name: "b", value: Number.POSITIVE_INFINITY },
      ],
    });
    expect(note(svg)).toContain("1 value that cannot be shown here left out");
    expect(texts(barChart({ title: "t", x, bars: [] }))).toContain("no data");
    expectSound(barChart({ title: "t", x, bars: [{ name: "zero", value: 0 }] }));
  });
});
