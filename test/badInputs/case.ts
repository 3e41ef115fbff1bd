/** An input that is bad, odd or hostile, and what it gets. */
export interface BadInput {
  what: string;
  /** Files that are there, by name; "fit.csv" and "model.json" are good ones that every case has. */
  files?: Record<string, string | Uint8Array>;
  /** What comes in on standard input. */
  input?: string;
  /** The words behind `ell2`. */
  args: readonly string[];
  exit: number;
  /** Lines on stderr, one behind the other; … stands for anything. */
  says: string;
}

/** A good file of rows, and a good model of them: what is bad is the rest. */
export const GOOD: Record<string, string> = {
  "fit.csv": "a,b,y\n1,5,2\n2,3,1\n3,4,4\n4,1,3\n5,2,6\n6,6,5\n",
  "model.json": modelText({}),
};

/** A model of columns a and b for y, with some parts replaced; `undefined` leaves one out. */
export function modelText(parts: Record<string, unknown>): string {
  const number = (name: string) => ({ kind: "number", name, fill: null });
  return JSON.stringify({
    format: "ell2-model",
    schema: 2,
    inputs: ["a", "b"],
    outputs: ["y"],
    columns: [number("a"), number("b")],
    lambda: 0.01,
    standardized: null,
    weight: [[1, 2]],
    bias: [3],
    training: null,
    ...parts,
  });
}

/** `ell2 fit f.csv --target y --out out.json` of a file, and more. */
export const table = (content: string | Uint8Array, ...more: string[]): Pick<BadInput, "files" | "args"> => ({
  files: { "f.csv": content },
  args: ["fit", "f.csv", "--target", "y", "--out", "out.json", ...more],
});

/** `ell2 fit fit.csv --target y` and more: what is bad is an option. */
export const options = (...more: string[]): Pick<BadInput, "args"> => ({
  args: ["fit", "fit.csv", "--target", "y", ...more],
});

/** `ell2 predict m fit.csv` with another model. */
export const model = (content: string | Uint8Array): Pick<BadInput, "files" | "args"> => ({
  files: { m: content },
  args: ["predict", "m", "fit.csv", "--out", "out.csv"],
});
