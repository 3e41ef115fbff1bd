import { Linear } from "../nn/linear.js";
import { NumPy, Python, Torch } from "../random/index.js";
import { type Check, check } from "./check.js";
import { largest, ulps } from "./distance.js";
import { type Draw, type Recorded, readValues, type Seed, type StreamTrace } from "./trace.js";

type Generator = Record<string, (...args: unknown[]) => unknown>;

/**
 * Draws a recorded stream anew. Exact draws must have the same bits. Of those that pass through
 * log, sin or cos at least 99 % must: ours are correctly rounded, the recording machine's C library
 * is an ULP off in some 0.1 % of its calls, which a multiplication behind can make 2.
 */
export function replayStream(trace: StreamTrace): Check[] {
  const errors = new Map<string, { exact: boolean; distances: number[] }>();
  for (const { seed, draws } of trace.runs) {
    const generator = seeded(trace, seed);
    for (const draw of draws) {
      // PyTorch draws small normals by another formula, which differs between releases
      const small = draw.call === "randn" && (draw.args[0] as number) < 16;
      const call = small ? "randn below 16" : draw.call;
      const entry = errors.get(call) ?? { exact: draw.exact, distances: [] };
      errors.set(call, entry);
      const expected = recordedValues(draw);
      const drawn = drawnValues(generator, draw);
      for (let i = 0; i < expected.length; i++)
        entry.distances.push(ulps(drawn[i] ?? Number.NaN, expected[i]!));
      if (drawn.length !== expected.length) entry.distances.push(Number.POSITIVE_INFINITY);
    }
  }
  return [...errors].flatMap(([call, { exact, distances }]) => {
    const other = distances.filter((distance) => distance !== 0).length;
    const what = `${call}, ${distances.length} values`;
    if (exact) return [check(what, "mismatches", other, 0)];
    return closeChecks(what, distances);
  });
}

/** The checks of values that pass through log, sin or cos, from their distances in ULP. */
export function closeChecks(what: string, distances: readonly number[]): Check[] {
  const share = (least: number) =>
    distances.filter((distance) => distance >= least).length / distances.length;
  return [
    check(what, "ULP", largest(distances), 2),
    check(what, "share beyond 1 ULP", share(2), 0.001),
    check(what, "share of other bits", share(1), 0.01),
  ];
}

function seeded(trace: StreamTrace, seed: Seed): Python | NumPy | Torch {
  const value = typeof seed === "string" ? BigInt(seed) : seed;
  switch (trace.generator) {
    case "python":
      return new Python(value as number | bigint);
    case "numpy":
      return new NumPy(value);
    case "torch":
      return new Torch(value as number | bigint, { release: trace.release! });
  }
}

function recordedValues({ call, values }: Draw): Float64Array {
  if (call !== "linear") return readValues(values as Recorded);
  const { weight, bias } = values as { weight: Recorded; bias: Recorded };
  return Float64Array.from([...readValues(weight), ...readValues(bias)]);
}

function drawnValues(generator: Python | NumPy | Torch, { call, args, repeat = 1 }: Draw): number[] {
  const drawn: number[] = [];
  for (let i = 0; i < repeat; i++) {
    if (call === "linear") {
      const layer = new Linear(args[0] as number, args[1] as number, { generator: generator as Torch });
      drawn.push(...layer.weight.data, ...layer.bias.data);
    } else if (call === "shuffle") {
      const list = [...(args[0] as number[])];
      (generator as Python | NumPy).shuffle(list);
      drawn.push(...list);
    } else {
      const result = (generator as unknown as Generator)[call]!(...args);
      for (const value of typeof result === "number" ? [result] : (result as Iterable<number>))
        drawn.push(value);
    }
  }
  return drawn;
}
