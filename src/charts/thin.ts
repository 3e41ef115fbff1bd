/**
 * The indices of points that show the same picture as all of them: of each cell of a grid laid over the
 * picture the same number at most, the first ones. So lone points stay, and crowds are thinned.
 * @param x positions, finite
 * @param y positions, as many
 * @param most how many indices at most
 */
export function thinPoints(x: readonly number[], y: readonly number[], most: number): number[] {
  if (x.length <= most) return x.map((_, i) => i);
  const side = Math.floor(Math.sqrt(most));
  const cell = (values: readonly number[]) => {
    const low = values.reduce((a, b) => Math.min(a, b));
    const span = values.reduce((a, b) => Math.max(a, b)) - low;
    return values.map((value) =>
      span > 0 ? Math.min(side - 1, Math.floor(((value - low) / span) * side)) : 0,
    );
  };
  const [column, row] = [cell(x), cell(y)];
  const rank = new Uint32Array(x.length);
  const counts = new Uint32Array(side * side);
  const ofRank: number[] = [];
  for (let i = 0; i < x.length; i++) {
    rank[i] = counts[column[i]! * side + row[i]!]!++;
    ofRank[rank[i]!] = (ofRank[rank[i]!] ?? 0) + 1;
  }
  let [perCell, total] = [0, 0];
  while (perCell < ofRank.length && total + ofRank[perCell]! <= most) total += ofRank[perCell++]!;
  return Array.from(rank.keys()).filter((i) => rank[i]! < perCell);
}

/**
 * The indices of a line's points that draw the same line: of each of `bins` stretches of as many points
 * its first, least, largest and last.
 */
export function thinLine(y: readonly number[], bins: number): number[] {
  if (y.length <= 4 * bins) return y.map((_, i) => i);
  const kept = new Set<number>();
  for (let bin = 0; bin < bins; bin++) {
    const start = Math.floor((bin * y.length) / bins);
    const end = Math.floor(((bin + 1) * y.length) / bins);
    let [least, largest] = [start, start];
    for (let i = start; i < end; i++) {
      if (y[i]! < y[least]!) least = i;
      if (y[i]! > y[largest]!) largest = i;
    }
    for (const i of [start, least, largest, end - 1]) kept.add(i);
  }
  return [...kept].sort((a, b) => a - b);
}
