/** The two features of the contours, of n: never one twice where there are two. */
export function pairOf({ first, second }: { first: number; second: number }, n: number): [number, number] {
  const [i, j] = [Math.min(first, n - 1), Math.min(second, n - 1)];
  return [i, i === j ? (i + 1) % n : j];
}

/** Positions of at most `most` of `count` things: the first ones, then the last, evenly between. */
export const selectionOf = (count: number, most: number): number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
