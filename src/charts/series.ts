/** A line of a chart. */
export interface Series {
  /** What stands at its end. */
  name: string;
  /** Where its points stand on the horizontal axis. */
  x: readonly number[];
  /** As many as x. */
  y: readonly number[];
  /** A value that the line is held against: a thin line across, in its colour. */
  level?: number;
  /** Half the length of an error bar at each point. */
  error?: readonly number[];
}

/** A line across a chart, such as at the chosen λ. */
export interface Mark {
  /** Where it crosses the horizontal axis. */
  x: number;
  /** What stands above it. */
  label: string;
}

/** More are not told apart. */
const MOST_DRAWN = 12;

/**
 * The largest of some things, in their own order; with a note if there are more.
 * @param size of one of them; NaN counts as 0
 */
export function largest<T>(
  items: readonly T[],
  size: (item: T) => number,
  most: number = MOST_DRAWN,
): { drawn: readonly T[]; notes: string[] } {
  if (items.length <= most) return { drawn: items, notes: [] };
  const sizes = items.map((item) => size(item) || 0);
  const order = items.map((_, i) => i).sort((i, j) => sizes[j]! - sizes[i]! || i - j);
  const kept = new Set(order.slice(0, most));
  return {
    drawn: items.filter((_, i) => kept.has(i)),
    notes: [`the ${most} largest of ${items.length} are drawn`],
  };
}

/** The largest |y| of a line among the finite ones. */
export const reach = ({ y }: Series): number =>
  y.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

/**
 * Positions moved as little as need be for labels not to touch: at least `gap` apart, within [top, bottom]
 * if they fit there.
 */
export function spread(positions: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = positions.map((_, i) => i).sort((i, j) => positions[i]! - positions[j]! || i - j);
  const out = positions.slice();
  let above = top - gap;
  for (const i of order) above = out[i] = Math.max(out[i]!, above + gap);
  let below = bottom + gap;
  for (const i of order.reverse()) below = out[i] = Math.min(out[i]!, below - gap);
  return out;
}
