import { Ell2Error } from "../errors.js";
import { show } from "../numbers/check.js";

/** A seed as a bigint; throws `SEED` unless it is a whole number, and exact if it is a `number`. */
export function wholeSeed(where: string, seed: unknown, range: string): bigint {
  if (typeof seed === "bigint") return seed;
  if (typeof seed === "number" && Number.isSafeInteger(seed)) return BigInt(seed);
  throw new Ell2Error("SEED", {
    where,
    expected: `a whole number ${range}`.trim(),
    got: show(seed),
    remedy: "seeds beyond 2⁵³ are written as bigint, such as 2n ** 60n",
  });
}
