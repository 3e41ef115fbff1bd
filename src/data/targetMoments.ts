import { Matrix } from "../linalg/matrix.js";
import { Dataset } from "./dataset.js";
import { Moments } from "./moments.js";

/** The moments of the targets of some rows, without the features. */
export function targetMoments({ Y, outputs, weights }: Dataset): Moments {
  const X = new Matrix(Y.rows, 0);
  return Moments.of(new Dataset({ X, Y, inputs: [], outputs, ...(weights && { weights }) }));
}
