import type { BadInput } from "./case.js";

const HOSTILE: Record<string, string> = {
  "SQL in a name": `x"; DROP TABLE rows; --`,
  "HTML in a name": `<script>alert(1)</script>`,
  "escapes for terminals in a name": "\u001b[31mred\u001b]0;title\u0007",
  "text that runs from right to left in a name": "\u202egnp.exe",
  "__proto__ as a name": "__proto__",
  "constructor as a name": "constructor",
  "an equals sign in a name": "x=1",
  "a name that looks like an option": "--lambda",
  "a formula as a name": "=1+1",
};

const rows = (name: string) =>
  `"${name.replaceAll('"', '""')}",b,y\n1,5,2\n2,3,1\n3,4,4\n4,1,3\n5,2,6\n6,6,5\n`;

/** Names that would do harm where they are not quoted: they are names and nothing else. */
export const names: BadInput[] = [
  ...Object.entries(HOSTILE).map(([what, name]) => ({
    what,
    files: { "n.csv": rows(name) },
    args: ["fit", "n.csv", "--target", "y", "--out", "out.json", "--report", "out.html"],
    exit: 0,
    says: "model written to out.json\nreport written to out.html",
  })),
  {
    what: "a carriage return in a name",
    files: { "n.csv": rows("x\rok: y") },
    args: ["fit", "n.csv", "--target", "y"],
    exit: 3,
    says: "n.csv:1: expected a line of column names, got a carriage return within a name; mend the name",
  },
  {
    what: "escapes for terminals in the name of a column that is not there",
    args: ["fit", "fit.csv", "--target", "\u001b[31mred"],
    exit: 3,
    says: 'fit.csv: expected the column "\\u001b[31mred", got the columns a, b, y; names are compared letter by letter',
  },
  {
    what: "escapes for terminals in the name of a file",
    args: ["fit", "\u001b[31mred.csv", "--target", "y"],
    exit: 5,
    says: "\\x1b[31mred.csv: expected a file, got nothing there",
  },
  {
    what: "escapes for terminals in the name of an option",
    args: ["fit", "--\u001b[31mred"],
    exit: 2,
    says: "ell2 fit: expected an option that exists, got --\\x1b[31mred; the options are …",
  },
  {
    what: "escapes for terminals in a cell",
    files: { "f.csv": "a,y\n1,2\n\u001b[31m3,4\n" },
    args: ["fit", "f.csv", "--target", "y"],
    exit: 3,
    says: 'f.csv:3: expected a finite number in column "a", row 2, got "\\u001b[31m3"; this one cell is no number: mend the file, choose other columns, or name it as categorical if its cells are levels',
  },
  {
    what: "a level that makes another column's name",
    files: { "f.csv": "c,c=x,y\nx,1,2\nz,2,3\nx,3,5\nz,5,4\n" },
    args: ["fit", "f.csv", "--target", "y", "--categorical", "c"],
    exit: 3,
    says: 'columns: expected features with names of their own, got "c=x" as a level and as a column; call the column otherwise, or leave it out',
  },
  {
    what: "a level that the model does not know",
    files: {
      "m.json": JSON.stringify({
        format: "ell2-model",
        schema: 2,
        inputs: ["c=x", "c=z"],
        outputs: ["y"],
        columns: [{ kind: "category", name: "c", levels: ["x", "z"], reference: null }],
        lambda: 1,
        standardized: null,
        weight: [[1, 2]],
        bias: [0],
        training: null,
      }),
      "f.csv": "c\nx\nw\n",
    },
    args: ["predict", "m.json", "f.csv"],
    exit: 3,
    says: 'f.csv:3: expected a level that was there in training ("x", "z") in column "c", row 2, got "w"; mend the cell, or ignore unknown levels (all indicators of the column are then 0)',
  },
];
