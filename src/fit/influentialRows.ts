/** How many influential rows are kept. */
const MOST_INFLUENTIAL = 10;

/** The rows with the largest values, in descending order; of equal ones the first. */
export class Farthest {
  readonly rows: number[] = [];
  readonly values: number[] = [];

  /** Values of rows that follow on one another. */
  addAll(start: number, values: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const least = this.values[MOST_INFLUENTIAL - 1];
      if (least === undefined || values[i]! > least) this.#add(start + i, values[i]!);
    }
  }

  #add(row: number, value: number): void {
    const { rows, values } = this;
    let at = values.length;
    while (at > 0 && value > values[at - 1]!) at--;
    values.splice(at, 0, value);
    rows.splice(at, 0, row);
    if (values.length > MOST_INFLUENTIAL) {
      values.pop();
      rows.pop();
    }
  }
}

/** Of the rows that are farthest for one target those that are farthest for any, as far as they move anything. */
export function influential(farthest: readonly Farthest[], scale: readonly number[]): number[] {
  const distances = new Map<number, number>();
  for (const [l, { rows, values }] of farthest.entries()) {
    for (const [at, row] of rows.entries()) {
      if (values[at] === 0) continue;
      distances.set(row, Math.max(distances.get(row) ?? 0, values[at]! / scale[l]!));
    }
  }
  return [...distances]
    .sort(([a, x], [b, y]) => (x === y ? a - b : y - x))
    .slice(0, MOST_INFLUENTIAL)
    .map(([row]) => row);
}
