/** The databases in whose SQL a model can be written. */
export const DIALECTS = ["duckdb", "postgres", "trino"] as const;

/** A database whose SQL is written. */
export type Dialect = (typeof DIALECTS)[number];

/** How a dialect writes what others write otherwise; columns are given as quoted identifiers. */
interface Writing {
  /** A double, to the bit. (A plain 0.1 is a decimal in all three, and so is 1e-1 in PostgreSQL.) */
  double(x: number): string;
  /** A numeric column as a double. */
  number(column: string): string;
  /** A date or timestamp as days since 1970-01-01, with fractions for times. */
  days(column: string): string;
  /** A column as text. */
  text(column: string): string;
}

/** Shortest digits that read back as the same double, with an exponent: `1E-1`. */
const scientific = (x: number): string =>
  Object.is(x, -0) ? "-0E0" : x.toExponential().replace("e", "E").replace("+", "");

const parenthesised = (x: number): string =>
  x < 0 || Object.is(x, -0) ? `(${scientific(x)})` : scientific(x);

export const WRITING: Record<Dialect, Writing> = {
  duckdb: {
    double: parenthesised,
    number: (column) => `CAST(${column} AS DOUBLE)`,
    days: (column) => `epoch(${column}) / 86400E0`,
    text: (column) => `CAST(${column} AS VARCHAR)`,
  },
  postgres: {
    double: (x) => `float8 '${scientific(x)}'`,
    number: (column) => `CAST(${column} AS float8)`,
    days: (column) => `CAST(EXTRACT(EPOCH FROM ${column}) AS float8) / 86400`,
    text: (column) => `CAST(${column} AS text)`,
  },
  trino: {
    double: parenthesised,
    number: (column) => `CAST(${column} AS double)`,
    days: (column) =>
      `date_diff('microsecond', TIMESTAMP '1970-01-01 00:00:00', CAST(${column} AS timestamp(6))) / 8.64E10`,
    text: (column) => `CAST(${column} AS varchar)`,
  },
};
