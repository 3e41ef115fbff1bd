import { gzipSync } from "node:zlib";
import { type BadInput, GOOD, table } from "./case.js";

const rows = GOOD["fit.csv"]!;
const gz = gzipSync(rows);
/** `zstd` of "a,y\n1,2\n3,4\n5,7\n", stored. */
const zst = Buffer.from("28b52ffd2010810000612c790a312c320a332c340a352c370a", "hex");
const json = (content: string, ...more: string[]) => ({
  files: { "f.json": content },
  args: ["fit", "f.json", "--target", "y", "--out", "out.json", ...more],
});
const named = (name: string, content: string | Uint8Array) => ({
  files: { [name]: content },
  args: ["fit", name, "--target", "y", "--out", "out.json"],
});
const query = (sql: string) => ({ args: ["fit", "--sql", sql, "--target", "y", "--out", "out.json"] });

/** Files that are compressed, of other kinds or other than their name says. */
export const kinds: BadInput[] = [
  {
    what: "gzip, cut off",
    ...named("f.csv.gz", gz.subarray(0, -12)),
    exit: 3,
    says: "f.csv.gz: expected a whole gzip file, got unexpected end of file; copy or compress it again",
  },
  {
    what: "gzip, damaged",
    ...named("f.csv.gz", Buffer.concat([gz.subarray(0, 20), Buffer.from([255, 255, 255]), gz.subarray(23)])),
    exit: 3,
    says: "f.csv.gz: expected a whole gzip file, got invalid bit length repeat; copy or compress it again",
  },
  {
    what: "gzip with more behind it",
    ...named("f.csv.gz", Buffer.concat([gz, Buffer.from("more")])),
    exit: 3,
    says: "f.csv.gz: expected a whole gzip file, got incorrect header check; copy or compress it again",
  },
  {
    what: "gzip of nothing",
    ...named("f.csv.gz", gzipSync("")),
    exit: 3,
    says: "f.csv.gz:1: expected a line of column names, got no line; give the columns names in the first line",
  },
  {
    what: "gzip's first two bytes alone",
    ...named("f.csv.gz", Buffer.from("1f8b", "hex")),
    exit: 3,
    says: "f.csv.gz: expected a whole gzip file, got unexpected end of file; copy or compress it again",
  },
  { what: "text that is called .gz", ...named("f.csv.gz", rows), exit: 0, says: "model written to out.json" },
  {
    what: "zstd, cut off",
    ...named("f.csv.zst", zst.subarray(0, -5)),
    exit: 3,
    says: "f.csv.zst: expected a whole zstd file, got a file that was cut off; copy or compress it again",
  },
  {
    what: "zstd with more behind it",
    ...named("f.csv.zst", Buffer.concat([zst, Buffer.from("more")])),
    exit: 3,
    says: "f.csv.zst: expected a whole zstd file, got no frame at byte 25; copy or compress it again",
  },
  {
    what: "Parquet's first four bytes alone",
    ...named("f.parquet", "PAR1"),
    exit: 3,
    says: "f.parquet: expected a parquet file that can be read, got Invalid Input Error: File 'f.parquet' too small to be a Parquet file",
  },
  {
    what: "Parquet without its end",
    ...named("f.parquet", Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(200)])),
    exit: 3,
    says: "f.parquet: expected a parquet file that can be read, got Invalid Input Error: No magic bytes found at end of file 'f.parquet'",
  },
  {
    what: "Parquet with an end that lies about its length",
    ...named(
      "f.parquet",
      Buffer.concat([
        Buffer.from("PAR1"),
        Buffer.alloc(8),
        Buffer.from([255, 255, 255, 127]),
        Buffer.from("PAR1"),
      ]),
    ),
    exit: 3,
    says: "f.parquet: expected a parquet file that can be read, got Invalid Input Error: Footer length error in file 'f.parquet'",
  },
  {
    what: "text that is called .parquet",
    ...named("f.parquet", rows),
    exit: 0,
    says: "model written to out.json",
  },
  {
    what: "a DuckDB file, cut off",
    ...named("f.duckdb", Buffer.concat([Buffer.alloc(8), Buffer.from("DUCK"), Buffer.alloc(100)])),
    exit: 3,
    says: 'f.duckdb: expected a duckdb file that can be read, got IO Error: Could not read enough bytes from file "…f.duckdb": attempted to read 3984 bytes from location 112',
  },
  {
    what: "JSON that is cut off",
    ...json('[{"a":1,"y":2},{"a":3,'),
    exit: 3,
    says: 'f.json: expected a json file that can be read, got Invalid Input Error: Malformed JSON in file "f.json", at byte 8 in record/value 3: unexpected end of data.',
  },
  {
    what: "JSON without rows",
    ...json("[]"),
    exit: 3,
    says: "f.json: expected JSON objects, one a row, with the columns' names as keys, got none",
  },
  {
    what: "JSON of numbers",
    ...json("[1,2,3]"),
    exit: 3,
    says: 'f.json: expected the column "y", got the columns json; names are compared letter by letter',
  },
  {
    what: "JSON of one number",
    ...json("14"),
    exit: 3,
    says: 'f.json: expected the column "y", got the columns json; names are compared letter by letter',
  },
  {
    what: "JSON: null",
    ...json("null"),
    exit: 3,
    says: "f.json: expected JSON objects, one a row, with the columns' names as keys, got none",
  },
  {
    what: "JSON with a key twice",
    ...json('[{"a":1,"a":2,"y":2},{"a":3,"y":4}]'),
    exit: 3,
    says: 'f.json: expected a json file that can be read, got Invalid Input Error: JSON transform error in file "f.json", in record/value 1: Object {"a":1,"a":2,"y":2} has duplicate key "a"',
  },
  {
    what: "JSON with a list in a cell",
    ...json('[{"a":[1],"y":2},{"a":[2],"y":4}]'),
    exit: 3,
    says: "f.json: expected at least one feature that holds numbers, got no other column with numbers; numbers are written with a decimal point and without separators of thousands; texts are named as categorical",
  },
  {
    what: "JSON with text among numbers",
    ...json('[{"a":1,"y":2},{"a":"x","y":4},{"a":5,"y":7}]'),
    exit: 3,
    says: 'f.json: expected a finite number in column "a", row 2, got "x"; this one cell is no number: mend the file, choose other columns, or name it as categorical if its cells are levels',
  },
  {
    what: "JSON with a number in quotes",
    ...json('[{"a":1,"y":2},{"a":"3","y":4},{"a":5,"y":7}]'),
    exit: 0,
    says: "model written to out.json",
  },
  {
    what: "JSON with null",
    ...json('[{"a":1,"y":2},{"a":null,"y":4},{"a":5,"y":7}]'),
    exit: 3,
    says: 'f.json: expected a finite number in column "a", row 2, got an empty cell; 1 of 3 rows lacks a value here: remove them, fill them in, or say what becomes of such rows (option missing: drop or mean)',
  },
  {
    what: "JSON with NaN",
    ...json('[{"a":1,"y":2},{"a":NaN,"y":4}]'),
    exit: 3,
    says: 'f.json: expected a finite number in column "a", row 2, got NaN; remove the row or mend the value',
  },
  {
    what: "JSON with __proto__ as a column",
    ...json('[{"__proto__":1,"y":2},{"__proto__":3,"y":4},{"__proto__":5,"y":7}]'),
    exit: 0,
    says: "model written to out.json",
  },
  {
    what: "JSON, 100 000 lists deep",
    ...json(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
    exit: 3,
    says: "f.json: expected JSON of at most 1000 lists and objects within each other, got more",
  },
  {
    what: "one bad line among JSON lines",
    files: { "f.ndjson": '{"a":1,"y":2}\n{"a":\n{"a":5,"y":7}\n' },
    args: ["fit", "f.ndjson", "--target", "y"],
    exit: 3,
    says: 'f.ndjson: expected a json file that can be read, got Invalid Input Error: Malformed JSON in file "f.ndjson", at byte 21 in line 3: unexpected end of data.',
  },
  {
    what: "a pattern over files with other columns",
    files: { "p1.csv": "a,y\n1,2\n3,4\n", "p2.csv": "b,y\n1,2\n3,4\n" },
    args: ["fit", "p*.csv", "--target", "y"],
    exit: 3,
    says: 'p2.csv:1: expected the columns a, y, separated by ",", as in p1.csv, got b, y, separated by ","',
  },
  {
    what: "a pattern over files of two kinds",
    files: { "p1.csv": "a,y\n1,2\n3,4\n", "p2.csv": gz },
    args: ["fit", "p*.csv", "--target", "y"],
    exit: 3,
    says: "p*.csv: expected files of one kind, and no databases among them, got csv in p1.csv, csv (gzip) in p2.csv",
  },
  {
    what: "a pattern that matches no file",
    args: ["fit", "*.tsv", "--target", "y"],
    exit: 5,
    says: "*.tsv: expected a file, got nothing there",
  },
  {
    what: "a missing file",
    args: ["fit", "missing.csv", "--target", "y"],
    exit: 5,
    says: "missing.csv: expected a file, got nothing there",
  },
  {
    what: "a folder in place of a file",
    args: ["fit", ".", "--target", "y"],
    exit: 5,
    says: ".: expected a file, got a folder",
  },
  {
    what: "a file in place of a folder",
    args: ["fit", "fit.csv/x.csv", "--target", "y"],
    exit: 5,
    says: "fit.csv/x.csv: expected a file, got a file in place of a folder",
  },
  {
    what: "a name of 300 letters",
    args: ["fit", "x".repeat(300), "--target", "y"],
    exit: 5,
    says: "…: expected a file, got a name that is too long",
  },
  {
    what: "a device that never ends",
    args: ["fit", "/dev/zero", "--target", "y"],
    exit: 5,
    says: "/dev/zero: expected a file, got a pipe or device",
  },
  {
    what: "an address",
    args: ["fit", "https://127.0.0.1:1/x.csv", "--target", "y"],
    exit: 5,
    says: "https://127.0.0.1:1/x.csv: expected a file, got nothing there",
  },
  {
    what: "nothing on standard input",
    input: "",
    args: ["fit", "-", "--target", "y"],
    exit: 3,
    says: "standard input: expected a line of column names and rows below it, got an empty file",
  },
  {
    what: "no file at all",
    args: ["fit", "--target", "y"],
    exit: 2,
    says: "ell2 fit: expected DATA (a file, or - for standard input) or --sql, got neither; see ell2 fit --help",
  },
  {
    what: "a table of a CSV file",
    ...table(rows, "--table", "t"),
    exit: 2,
    says: "f.csv: expected a DuckDB file, for a table or a query of it, got csv; leave the file out and name it in the query: select … from 'file'",
  },
  {
    what: "words for missing cells of JSON",
    ...json('[{"a":1,"y":2},{"a":3,"y":4}]', "--na", "NA"),
    exit: 2,
    says: "f.json: expected CSV, for words that mean a missing cell, got json; there a missing cell is NULL",
  },
  {
    what: "a query that is none",
    ...query("SELEC 1"),
    exit: 2,
    says: 'the query: expected a query that gives rows, got Failed to extract statements: Parser Error: syntax error at or near "SELEC"',
  },
  {
    what: "a query of a file that is not there",
    ...query("SELECT * FROM 'missing.csv'"),
    exit: 5,
    says: 'the query: expected a query that gives rows, got IO Error: No files found that match the pattern "missing.csv"',
  },
  {
    what: "a query that writes a file",
    ...query("COPY (SELECT 1 AS a, 2 AS y) TO 'out.csv'"),
    exit: 2,
    says: 'the query: expected a query that gives rows, got Parser Error: syntax error at or near "COPY"',
  },
  {
    what: "two queries",
    ...query("SELECT 1 AS a, 2 AS y; DROP TABLE x"),
    exit: 2,
    says: "the query: expected one query, got 2",
  },
  {
    what: "a query that wants an extension",
    ...query("INSTALL httpfs"),
    exit: 2,
    says: 'the query: expected a query that gives rows, got Parser Error: syntax error at or near "INSTALL"',
  },
  {
    what: "a query of an address",
    ...query("SELECT * FROM 'https://127.0.0.1:1/x.csv'"),
    exit: 5,
    says: "the query: expected a file that DuckDB reads by itself, got one that needs its extension httpfs; network and further extensions stay off; bring the rows into a local file",
  },
];
