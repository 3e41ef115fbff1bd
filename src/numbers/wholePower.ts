import { type DoubleDouble, ddMultiply } from "./doubleDouble.js";

/**
 * xᵗ by squaring in double-double: correctly rounded but for rare ties, and the same in every engine.
 * @param x finite
 * @param t whole, ≥ 0
 * @returns ±∞ beyond the largest numbers
 */
export function wholePower(x: number, t: number): number {
  let result: DoubleDouble = [1, 0];
  let square: DoubleDouble = [x, 0];
  for (let rest = t; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = ddMultiply(result, square);
    square = ddMultiply(square, square);
  }
  if (!Number.isNaN(result[0])) return result[0];
  return x < 0 && t % 2 === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
