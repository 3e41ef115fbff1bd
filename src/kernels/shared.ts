/** Entries from which an array is worth sharing between threads: 16 KB. */
const LEAST_SHARED = 2 ** 11;

/** An array of zeros, in memory that threads share where the engine has it and it is large. */
export function allocate(length: number): Float64Array {
  if (length < LEAST_SHARED || typeof SharedArrayBuffer === "undefined") return new Float64Array(length);
  return allocateShared(length);
}

/** An array of zeros in shared memory. */
export const allocateShared = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * length));

/** Whether every array (null and empty ones aside) stands in shared memory. */
export const isShared = (...arrays: (ArrayBufferView | null)[]): boolean =>
  typeof SharedArrayBuffer !== "undefined" &&
  arrays.every(
    (array) => array === null || array.byteLength === 0 || array.buffer instanceof SharedArrayBuffer,
  );
