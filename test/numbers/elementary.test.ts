import { describe, expect, test } from "vitest";
import { cos, exp, log, sin } from "../../src/numbers/elementary.js";
import { log1p } from "../../src/numbers/log1p.js";
import { exactCos, exactExp, exactLog, exactLog1p, exactSin, spread, ulpsBetween } from "./exact.js";

const either = (u: number, i: number) => (i % 2 === 0 ? u : -u);
/** Numbers whose logarithms are spread evenly between those of two bounds. */
const scales = (count: number, least: number, most: number, seed: number) =>
  spread(count, seed).map((u) => least * (most / least) ** u);

function expectRounded(f: (x: number) => number, exact: (x: number) => number, sample: number[]): void {
  const wrong = sample.filter((x) => f(x) !== exact(x)).map((x) => `${x}: ${f(x)}, not ${exact(x)}`);
  expect(wrong).toEqual([]);
}

describe("correctly rounded, on a fixed sample", () => {
  test("log(x) of the uniforms that the normals draw from", () => expectRounded(log, exactLog, spread(800)));

  test("log(x) next to 1, on both sides", () => {
    const near = scales(300, 2 ** -52, 0.5, 2).map(either);
    expectRounded(log, exactLog, [
      ...near.map((d) => 1 + d).filter((x) => x !== 1),
      1 + 2 ** -52,
      1 - 2 ** -53,
    ]);
  });

  test("log(x) from the smallest normal number to the largest, around √2, and of powers of two", () => {
    const powers = Array.from({ length: 90 }, (_, i) => 2 ** (i * 23 - 1022));
    const root = Array.from({ length: 9 }, (_, i) => Math.SQRT2 + (i - 4) * 2 ** -52);
    expectRounded(log, exactLog, [
      ...scales(300, 2 ** -1000, 2 ** 1000, 3),
      ...powers.filter((x) => x !== 1),
      ...root,
      ...root.map((x) => x / 2),
      2 ** -1022,
      Number.MAX_VALUE,
    ]);
    expect(log(1)).toBe(0);
  });

  test("exp(x) over its range, and next to 0", () => {
    expectRounded(exp, exactExp, [
      ...spread(500, 4).map((u) => 1416 * u - 707),
      ...scales(300, 2 ** -60, 1, 5).map(either),
      709,
      -708,
    ]);
    expect(exp(0)).toBe(1);
  });

  test("exp(x) below −708 is 0", () => {
    expect(exp(-708.0000001)).toBe(0);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
  });

  test("sin(x) and cos(x) of one turn", () => {
    const turn = spread(500, 6).map((u) => 2 * Math.PI * u);
    expectRounded(sin, exactSin, turn);
    expectRounded(cos, exactCos, turn);
  });

  test("sin(x) and cos(x) next to the multiples of π/2, where digits cancel", () => {
    const near = spread(400, 7).map(
      (u, i) => Math.floor(u * 600000 - 300000) * (Math.PI / 2) + either(u, i) * 1e-9,
    );
    const nearest = Array.from({ length: 60 }, (_, i) => (i + 1) * (Math.PI / 2));
    expectRounded(sin, exactSin, [...near, ...nearest]);
    expectRounded(cos, exactCos, [...near, ...nearest]);
  });

  test("sin(x) and cos(x) from 2⁻³⁰ to 2²⁰, of either sign", () => {
    const sample = scales(500, 2 ** -30, 2 ** 20, 8).map(either);
    expectRounded(sin, exactSin, sample);
    expectRounded(cos, exactCos, sample);
    expect([sin(0), cos(0)]).toEqual([0, 1]);
  });
});

/**
 * Arguments whose value lies within 2⁻¹⁷ to 2⁻²⁵ ULP of the middle between two float64, found by
 * trying millions where the series converge most slowly: they need the first 70 to 77 bits.
 */
const HARD = {
  log: [
    0.7090494409068673, 0.7091468267956105, 1.4075071878863796, 1.4073076378041118, 1.4133756963412305,
    0.7083921335450969, 1.4108163087905898, 1.4074909706412175, 0.7083073755600158, 1.4076120032688328,
    0.7077044177436994, 1.4113453140854657, 1.8657196590144858, 1.852527485990378, 1.804162142320835,
    1.8191570348037154, 1.833993316426594,
  ],
  exp: [
    0.2917591721852687, 0.3376892438278182, -0.32773708200665796, -0.32863654340382087, 0.30172327755237277,
    -0.3423242127629155, -0.3311833826168343, -0.3042436406014904, 0.2893460333782162, 0.32392435201612546,
    0.3166164996331168, 0.2937348054437097,
  ],
  sin: [
    0.6710973072662729, 0.7428848106033148, 0.7521988855017862, 0.7803096387523253, 0.7702877486183737,
    0.7026250794208704, 0.7469175066567704, 0.7121183745658071, 0.7197875549048558, 0.7454294148123859,
    0.6716484977941366, 0.6823400376881541,
  ],
  cos: [
    0.782582749706834, 0.7245433573870825, 0.7070983980314965, 0.7722421608638097, 0.6960475972531283,
    0.6848167420746949, 0.6898527065527468, 0.7650084864888682, 0.712613438241008, 0.7037884065812583,
    0.7402462825738425, 0.7584378400989485,
  ],
};

test.each<[keyof typeof HARD, (x: number) => number, (x: number) => number]>([
  ["log", log, exactLog],
  ["exp", exp, exactExp],
  ["sin", sin, exactSin],
  ["cos", cos, exactCos],
])("%s(x) is correctly rounded where that takes more than 70 bits", (name, f, exact) => {
  expectRounded(f, exact, HARD[name]);
});

describe("log1p", () => {
  test("log1p(x) is within 1 ULP of log(1 + x), through every branch", () => {
    const sample = [
      ...spread(600, 9).map((u) => -u),
      ...scales(400, 2 ** -60, 0.9, 10).map(either),
      ...scales(300, 1, 2 ** 20, 11),
      // 1 + x = 2ᵏ(1 + f) with f = 0, and with |f| below 2⁻²⁰
      ...[1, 3, 7, 1023, -0.5, -0.75],
      ...[-0.5, 1, 3].map((x) => x + 2 ** -23),
      ...[-0.5, 1, 3].map((x) => x - 2 ** -23),
      ...[-0.2928934097290039, 0.4142136573791504].flatMap((x) => [
        x,
        x * (1 - 2 ** -50),
        x * (1 + 2 ** -50),
      ]),
      -(1 - 2 ** -53),
    ];
    const wrong = sample.filter((x) => ulpsBetween(log1p(x), exactLog1p(x)) > 1);
    expect(wrong).toEqual([]);
  });

  test("log1p(x) is x below 2⁻⁵⁴, with the sign of zero", () => {
    for (const x of [0, -0, 1e-300, -1e-20, 2 ** -1074]) expect(log1p(x)).toBe(x);
  });
});
