/** Readers of JSON documents: models, moments, training set-ups, traces, and the links of the lab. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { decodeState, defaults, encodeState, FIELDS, NAMES } from "../../../lab/state.js";
import { lintTraining } from "../../../src/compare/lintTraining.js";
import { parseTrace } from "../../../src/compare/trace.js";
import type { TrainingConfig } from "../../../src/compare/trainingConfig.js";
import { verify } from "../../../src/compare/verify.js";
import { Dataset } from "../../../src/data/dataset.js";
import { Moments } from "../../../src/data/moments.js";
import { Ell2Error } from "../../../src/errors.js";
import { predictFitted } from "../../../src/model/fitted.js";
import { parseJson } from "../../../src/model/json.js";
import { load, save } from "../../../src/model/save.js";
import { changedText, hostileName, jsonText } from "../grammar.js";
import { must, type Reader } from "../reader.js";

const recorded = (name: string) => JSON.parse(readFileSync(name, "utf8"));
const schemas = "test/model/schemas";

/** A model that was read predicts, and is the same when it is written and read again. */
function useModel(model: ReturnType<typeof load>): void {
  const zeros = [model.inputs.map(() => 0)];
  try {
    predictFitted(model, zeros);
  } catch (error) {
    if (!(error instanceof Ell2Error)) throw error;
  }
  must(isDeepStrictEqual(load(save(model)), model), "JSON keeps a model");
  must(isDeepStrictEqual(load(save(model, "safetensors")), model), "safetensors keep a model");
}

export const model: Reader<string> = {
  inputs: fc.oneof(jsonText(recorded(`${schemas}/1.json`)), jsonText(recorded(`${schemas}/2.json`))),
  read: (text) => useModel(load(text)),
};

/** Bytes of a safetensors file: its header in JSON, true or not, the length it says, and its data. */
const header = recorded("test/fuzz/safetensorsHeader.json");
export const safetensors: Reader<{ header: string; says: number; data: number; cut: number }> = {
  inputs: fc.record({
    header: jsonText(header),
    says: fc.oneof(
      { weight: 8, arbitrary: fc.constant(0) },
      fc.integer({ min: -20, max: 20 }),
      fc.maxSafeInteger(),
    ),
    data: fc.oneof({ weight: 8, arbitrary: fc.constant(24) }, fc.nat(64)),
    cut: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(200)),
  }),
  read({ header: text, says, data, cut }) {
    const head = Buffer.from(text);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt.asUintN(64, BigInt(head.length + says)));
    const bytes = Buffer.concat([length, head, Buffer.alloc(data, 1)]);
    useModel(load(new Uint8Array(bytes.subarray(0, Math.max(0, bytes.length - cut)))));
  },
};

const X = [
  [1, 2],
  [3, 5],
  [4, 4],
  [7, 1],
];
const moments0 = JSON.parse(JSON.stringify(Moments.of(new Dataset({ X, Y: [[1], [2], [4], [3]] }))));
export const moments: Reader<string> = {
  inputs: jsonText(moments0),
  read(text) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return; // whoever parses says so
    }
    const read = Moments.fromJSON(value);
    const again = Moments.fromJSON(JSON.parse(JSON.stringify(read)));
    must(JSON.stringify(again) === JSON.stringify(read), "JSON keeps moments");
  },
};

export const lint: Reader<string> = {
  inputs: jsonText(recorded("examples/training.json")),
  read(text) {
    let config: unknown;
    try {
      config = parseJson(text);
    } catch {
      return; // the command says so
    }
    lintTraining(config as TrainingConfig, "c.json");
  },
};

/** Without numbers that make training long: a trace is the project's own file, not a stranger's. */
export const trace: Reader<string> = {
  inputs: jsonText(recorded("golden/traces/splits.json")),
  read: (text) => verify([parseTrace(text, "trace.json")]),
};

const setting = fc.tuple(
  fc.constantFrom(...NAMES.map((name) => FIELDS[name].key), "zz", "__proto__", ""),
  fc.oneof(
    hostileName,
    fc.double().map(String),
    fc.integer({ min: -5, max: 20_000 }).map(String),
    fc.constantFrom("0", "1", "csv", "adam", "1e9", "0x10"),
  ),
);
export const link: Reader<string> = {
  inputs: changedText(
    fc.array(setting, { maxLength: 8 }).map((pairs) => new URLSearchParams(pairs).toString()),
    ["&", "=", "%", "%00", "%ff", "#", "+", "&&", "=="],
  ),
  read(text) {
    const { state } = decodeState(text);
    must(
      isDeepStrictEqual(Object.keys(state).sort(), Object.keys(defaults()).sort()),
      "a link sets what there is alone",
    );
    const again = decodeState(encodeState(state));
    must(again.problems.length === 0 && isDeepStrictEqual(again.state, state), "a link keeps a state");
  },
};
