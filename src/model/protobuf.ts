/**
 * The wire format of Protocol Buffers, as far as an ONNX file needs it: every function returns the
 * bytes of one field, its number and type first. Source: protobuf.dev/programming-guides/encoding.
 */

type Bytes = Uint8Array<ArrayBuffer>;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Parts one behind the other. */
export function concat(parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A whole number in groups of seven bits, the lowest first; a negative one as its 64-bit two's complement. */
function varint(x: number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(x));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

/** A field that holds a whole number, such as an int64 or an enum. */
export const whole = (field: number, x: number): Bytes => concat([varint(field * 8 + VARINT), varint(x)]);

/** A field that holds bytes. */
export const bytes = (field: number, value: Bytes): Bytes =>
  concat([varint(field * 8 + LENGTH_DELIMITED), varint(value.length), value]);

/** A field that holds text, in UTF-8. */
export const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));

/** A field that holds a message of the given fields. */
export const message = (field: number, ...fields: readonly Bytes[]): Bytes => bytes(field, concat(fields));
