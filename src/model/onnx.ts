import { bytes, concat, message, text, whole } from "./protobuf.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** TensorProto.DataType */
const TYPE = { int64: 7, string: 8, double: 11 } as const;

/** The last versions of format and operators of ONNX 1.8: old enough for every runtime in use. */
const IR_VERSION = 7;
const OPSETS = { "": 13, "ai.onnx.ml": 2 } as const;

/** What an operator is given beside its inputs. */
interface Extras {
  domain?: keyof typeof OPSETS;
  attributes?: Readonly<Record<string, number | readonly number[] | readonly string[]>>;
}

/**
 * A graph of ONNX, built up value by value, each with a name of its own; the numbers are those of the
 * fields in onnx.proto. Source: github.com/onnx/onnx, onnx/onnx.proto.
 */
export class OnnxGraph {
  readonly #fields: Bytes[] = [text(2, "ell2")];
  readonly #names = new Set<string>([""]);
  /** The names of the inputs. */
  readonly inputs: string[] = [];

  /** A name that no value has yet: the wanted one, if need be with `_` behind it. */
  name(wanted: string): string {
    let name = wanted;
    while (this.#names.has(name)) name += "_";
    this.#names.add(name);
    return name;
  }

  /** Adds an input [rows×cols]; returns its name. */
  input(wanted: string, type: "double" | "string", cols: number, doc: string): string {
    const name = this.name(wanted);
    this.inputs.push(name);
    this.#fields.push(message(11, ...value(name, type, cols, doc)));
    return name;
  }

  /** Declares a value [rows×cols] of doubles an output. */
  output(name: string, cols: number, doc: string): void {
    this.#fields.push(message(12, ...value(name, "double", cols, doc)));
  }

  /** Adds a constant of doubles; returns its name. */
  doubles(shape: readonly number[], values: ArrayLike<number>): string {
    return this.#constant("double", shape, values, (view, at, x) => view.setFloat64(at, x, true));
  }

  /** Adds a constant list of whole numbers; returns its name. */
  wholes(values: readonly number[]): string {
    return this.#constant("int64", [values.length], values, (view, at, x) =>
      view.setBigInt64(at, BigInt(x), true),
    );
  }

  /** Adds an operator on named values; returns the name of what it makes. */
  node(
    operator: string,
    inputs: readonly string[],
    extras: Extras = {},
    output = this.name(operator),
  ): string {
    const { domain = "", attributes = {} } = extras;
    this.#fields.push(
      message(
        1,
        ...inputs.map((name) => text(1, name)),
        text(2, output),
        text(4, operator),
        ...Object.entries(attributes).map(([name, given]) => message(5, text(1, name), ...attribute(given))),
        text(7, domain),
      ),
    );
    return output;
  }

  /** The bytes of the file: the graph, and texts that are noted beside it. */
  file(metadata: Readonly<Record<string, string>>): Bytes {
    return concat([
      whole(1, IR_VERSION),
      text(2, "ell2"),
      message(7, ...this.#fields),
      ...Object.entries(OPSETS).map(([domain, version]) => message(8, text(1, domain), whole(2, version))),
      ...Object.entries(metadata).map(([key, note]) => message(14, text(1, key), text(2, note))),
    ]);
  }

  #constant(
    type: keyof typeof TYPE,
    shape: readonly number[],
    values: ArrayLike<number>,
    set: (view: DataView, at: number, x: number) => void,
  ): string {
    const name = this.name("constant");
    const view = new DataView(new ArrayBuffer(8 * values.length));
    for (let i = 0; i < values.length; i++) set(view, 8 * i, values[i]!);
    const raw = new Uint8Array(view.buffer);
    const dims = shape.map((size) => whole(1, size));
    this.#fields.push(message(5, ...dims, whole(2, TYPE[type]), text(8, name), bytes(9, raw)));
    return name;
  }
}

/** The fields of a ValueInfoProto: a tensor [rows×cols], any number of rows. */
function value(name: string, type: keyof typeof TYPE, cols: number, doc: string): Bytes[] {
  const shape = message(2, message(1, text(2, "rows")), message(1, whole(1, cols)));
  return [text(1, name), message(2, message(1, whole(1, TYPE[type]), shape)), text(3, doc)];
}

/** The fields of an AttributeProto beside its name: a whole number, or a list of them or of texts. */
function attribute(given: number | readonly number[] | readonly string[]): Bytes[] {
  if (typeof given === "number") return [whole(3, given), whole(20, 2)];
  if (given.every((item) => typeof item === "number")) {
    return [...given.map((x) => whole(8, x as number)), whole(20, 7)];
  }
  return [...given.map((item) => text(9, item as string)), whole(20, 8)];
}
