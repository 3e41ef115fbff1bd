import { createHash } from "node:crypto";
import { Ell2Error } from "../errors.js";
import type { TrainingState } from "../fit/run.js";
import type { LogEntry } from "../model/linearRegression.js";
import { show } from "../numbers/check.js";

/** Which training a checkpoint is of: it goes on with the same rows and options alone. */
export interface Identity {
  /** A hash of all rows. */
  data: string;
  /** What the parameters after an epoch depend on besides. */
  options: Readonly<Record<string, string | number | boolean | null>>;
  /** Entries of w [n×k] and b [k], and the most epochs. */
  sizes: { w: number; b: number; epochs: number };
}

const FORMAT = "ell2-checkpoint";
const SCHEMA = 1;
/** Digits of the hash that every line begins with. */
const DIGITS = 16;

/** The first line of a checkpoint. */
export const checkpointHead = ({ data, options }: Identity): string =>
  line({ format: FORMAT, schema: SCHEMA, data, options }).toString();

/**
 * A line of a checkpoint: where training stands.
 * @param logged epochs of the log that stand in the lines before
 * @param withBest whether the best parameters are others than in the lines before
 */
export function checkpointStep(state: TrainingState, logged: number, withBest: boolean): Buffer {
  const { w, b, velocity, log, best, converged, uncertain } = state;
  return line({
    log: log
      .slice(logged)
      .map(({ mse, mseValid }) => [number(mse), mseValid === null ? null : number(mseValid)]),
    w: base64(w),
    b: base64(b),
    velocity: velocity && base64(velocity),
    ...(withBest && best && { best: { epoch: best.epoch, w: base64(best.w), b: base64(best.b) } }),
    converged,
    uncertain,
  });
}

function line(value: object): Buffer {
  const json = JSON.stringify(value);
  return Buffer.from(`${hash(json)} ${json}\n`);
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, DIGITS);

/** JSON has no Infinity, which a validation loss may be. */
const number = (x: number): number | string => (Number.isFinite(x) ? x : String(x));

/** Float64 values by their bits, little-endian. */
const base64 = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

/**
 * Where a training stood, out of the text of its checkpoint; null where no epoch is in it yet. A last
 * line that was cut off is passed over.
 * @throws FORMAT for what is no checkpoint, or is damaged; DATA where the rows are others, USAGE where the
 *   options are
 */
export function readCheckpoint(text: string, path: string, identity: Identity): TrainingState | null {
  const fail = (expected: string, got: string) =>
    new Ell2Error("FORMAT", { where: path, expected, got, remedy: "remove it to begin anew" });
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const records = lines.flatMap((each, i) => {
    const record = readLine(each);
    if (record !== null) return [record];
    if (i === 0) throw fail("a checkpoint of ell2 fit", show(each));
    if (i < lines.length - 1) throw fail("whole lines", `a damaged one, line ${i + 1}`);
    return [];
  });
  const [head, ...steps] = records;
  if (head?.format !== FORMAT) throw fail("a checkpoint of ell2 fit", show(head?.format ?? text));
  if (head.schema !== SCHEMA) {
    const newer = typeof head.schema === "number" && head.schema > SCHEMA;
    throw fail(`schema ${SCHEMA}`, `${show(head.schema)}${newer ? ", of a newer ell2: update ell2" : ""}`);
  }
  checkIdentity(head, path, identity);
  const log: LogEntry[] = [];
  let state: TrainingState | null = null;
  for (const [i, step] of steps.entries()) {
    state = readStep(step, state, log, identity.sizes);
    if (state === null) throw fail("where training stood", `something else in line ${i + 2}`);
  }
  return state;
}

/** What a line holds; null where its hash is another, or it is no JSON. */
function readLine(line: string): Record<string, unknown> | null {
  const json = line.slice(DIGITS + 1);
  if (line !== `${hash(json)} ${json}`) return null;
  try {
    return Object(JSON.parse(json));
  } catch {
    return null;
  }
}

function checkIdentity(head: Record<string, unknown>, path: string, { data, options }: Identity): void {
  const kept = (head.options ?? {}) as Identity["options"];
  const names = [...new Set([...Object.keys(kept), ...Object.keys(options)])];
  const other = names.find((name) => kept[name] !== options[name]);
  if (other !== undefined) {
    throw new Ell2Error("USAGE", {
      where: path,
      expected: `the options of the training that it keeps (${other} ${show(kept[other])})`,
      got: `${other} ${show(options[other])}`,
      remedy: "give the same ones, or another file to --checkpoint",
    });
  }
  if (head.data === data) return;
  throw new Ell2Error("DATA", {
    where: path,
    expected: "the rows of the training that it keeps, in their order",
    got: "others",
    remedy: "give the same ones, or another file to --checkpoint",
  });
}

/** Where training stood behind a line; null where it does not say that. The line's losses are added to the log. */
function readStep(
  step: Record<string, unknown>,
  before: TrainingState | null,
  log: LogEntry[],
  sizes: Identity["sizes"],
): TrainingState | null {
  const { converged, uncertain } = step;
  const [w, b] = [values(step.w, sizes.w), values(step.b, sizes.b)];
  const velocity = step.velocity === null ? null : values(step.velocity, sizes.w + sizes.b);
  const best = step.best === undefined ? (before?.best ?? null) : readBest(step.best, sizes);
  const logged = readLosses(step.log, log) && log.length <= sizes.epochs;
  const rest = typeof converged === "boolean" && typeof uncertain === "number";
  if (!w || !b || velocity === undefined || best === undefined || !logged || !rest) return null;
  return best && best.epoch >= log.length ? null : { w, b, velocity, log, best, converged, uncertain };
}

/** Finite values by their bits; undefined for anything else. */
function values(text: unknown, size: number): Float64Array | undefined {
  const bytes = typeof text === "string" ? Buffer.from(text, "base64") : null;
  if (bytes?.length !== 8 * size) return undefined;
  const out = new Float64Array(new Uint8Array(bytes).buffer);
  return out.every(Number.isFinite) ? out : undefined;
}

function readBest(value: unknown, sizes: Identity["sizes"]): TrainingState["best"] | undefined {
  const { epoch, w: weight, b: bias } = (value ?? {}) as Record<string, unknown>;
  const [w, b] = [values(weight, sizes.w), values(bias, sizes.b)];
  const good = w && b && Number.isSafeInteger(epoch) && (epoch as number) >= 0;
  return good ? { epoch: epoch as number, w, b } : undefined;
}

/** Adds pairs of losses to a log; false for anything else. */
function readLosses(value: unknown, log: LogEntry[]): boolean {
  const loss = (x: unknown) => (typeof x === "string" && /^(NaN|-?Infinity)$/.test(x) ? Number(x) : x);
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((pair) => {
    const [mse, mseValid] = Array.isArray(pair) ? pair.map(loss) : [];
    if (typeof mse !== "number" || (mseValid !== null && typeof mseValid !== "number")) return false;
    log.push({ epoch: log.length, mse, mseValid });
    return true;
  });
}
