/** Positions of at most `most` of `count` things: the first ones, then the last, evenly between. */
export const selectionOf = (count: number, most: number): number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
