import type { Field } from "./state.js";

type NumberField = Extract<Field, { type: "number" }>;

/** Places of a slider. */
export const STEPS = 400;

/** The least value above 0 that a slider of this field reaches. */
const leastOf = ({ least, min }: NumberField): number => least ?? Math.max(min, 1e-4);

/** Where a value stands on a slider, from 0 to `STEPS`; on a log scale with 0 in its range, 0 has the first place. */
export function toSlider(field: NumberField, value: number): number {
  if (field.scale !== "log") return ((value - field.min) / (field.max - field.min)) * STEPS;
  const least = leastOf(field);
  if (value < least) return 0;
  const first = field.min === 0 ? 1 : 0;
  const share = Math.log(value / least) / Math.log(field.max / least);
  return first + share * (STEPS - first);
}

/** The value of a place, with few digits. */
export function fromSlider(field: NumberField, place: number): number {
  const tidy = (x: number) => {
    const rounded = field.whole ? Math.round(x) : Number(x.toPrecision(field.scale === "log" ? 2 : 3));
    return Math.min(field.max, Math.max(field.min, rounded));
  };
  if (field.scale !== "log") return tidy(field.min + (place / STEPS) * (field.max - field.min));
  const first = field.min === 0 ? 1 : 0;
  if (place < first) return 0;
  const least = leastOf(field);
  return tidy(least * (field.max / least) ** ((place - first) / (STEPS - first)));
}
