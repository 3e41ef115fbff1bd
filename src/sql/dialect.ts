/** The databases in whose SQL a model can be written. */
export const DIALECTS = ["duckdb", "postgres", "trino"] as const;

/** A database whose SQL is written. */
export type Dialect = (typeof DIALECTS)[number];

/** How cells are given exactly, in SQL. */
export interface Exact {
  cell: string;
  /** The type of differences. */
  type: string;
  scale: number | null;
}

/** The decimals of a type such as DECIMAL(18,2); null for other types. */
function decimalScale(type: string): number | null {
  const scale = /^decimal\(\d+, ?(\d+)\)$/i.exec(type)?.[1];
  return scale === undefined ? null : Number(scale);
}

/** How a dialect writes what others write otherwise, and what it takes at most; columns are given as quoted identifiers. */
interface Writing {
  /** A double, to the bit. (A plain 0.1 is a decimal in all three, and so is 1e-1 in PostgreSQL.) */
  double(x: number): string;
  /** A numeric column as a double. */
  number(column: string): string;
  /**
   * A column of whole numbers or decimals with which the engine computes exactly: as what, in which type, and how many decimals
   * this type keeps (null: any). Null where doubles are as good.
   */
  exact(column: string, type: string): Exact | null;
  /** A number near the mean of an exact column, of its type: an aggregate. */
  near(z: string): string;
  /** z − c of an exact column as a double. */
  difference(z: string, c: string, exact: Exact): string;
  /** A date or timestamp as days since 1970-01-01, with fractions for times. */
  days(column: string): string;
  /** A column as text. */
  text(column: string): string;
  /** Whether a double is neither NaN nor infinite. */
  finite(x: string): string;
  /** The sum of doubles, by the most exact function that the engine has. */
  sum(x: string): string;
  /** Columns that a query may give. */
  mostResults: number;
  /** Characters of a query. */
  mostText: number;
  /** Bytes of a name, beyond which the engine refuses it, or cuts it off without a word. */
  mostBytes: number;
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
    exact(column, type) {
      if (/^(U?BIGINT|HUGEINT)$/.test(type))
        return { cell: `CAST(${column} AS HUGEINT)`, type: "HUGEINT", scale: 0 };
      const scale = decimalScale(type);
      return scale === null ? null : { cell: column, type, scale };
    },
    near: (z) => `reservoir_quantile(${z}, 0.5)`, // avg is a double
    difference: (z, c) => `CAST(${z} - ${c} AS DOUBLE)`,
    days: (column) => `epoch(${column}) / 86400E0`,
    text: (column) => `CAST(${column} AS VARCHAR)`,
    finite: (x) => `isfinite(${x})`,
    sum: (x) => `fsum(${x})`, // Kahan's; without groups half as slow again, with groups hardly slower
    mostResults: 1000, // each keeps a vector of 16 KB
    mostText: 2 ** 24,
    mostBytes: Number.POSITIVE_INFINITY,
  },
  postgres: {
    double: (x) => `float8 '${scientific(x)}'`,
    number: (column) => `CAST(${column} AS float8)`,
    exact: (column, type) =>
      type === "int8" || type === "numeric"
        ? { cell: column, type: "numeric", scale: type === "int8" ? 0 : null }
        : null,
    near: (z) => `avg(${z})`,
    // numeric is slow, and whole numbers up to 2⁵³ are doubles
    difference: (z, c, { scale }) =>
      scale === 0
        ? `CASE WHEN ${z} BETWEEN -9007199254740992 AND 9007199254740992 ` +
          `THEN CAST(${z} AS float8) - CAST(${c} AS float8) ELSE CAST(${z} - ${c} AS float8) END`
        : `CAST(${z} - ${c} AS float8)`,
    days: (column) => `CAST(EXTRACT(EPOCH FROM ${column}) AS float8) / 86400`,
    text: (column) => `CAST(${column} AS text)`,
    finite: (x) => `${x} NOT IN (float8 'NaN', float8 'Infinity', float8 '-Infinity')`,
    sum: (x) => `sum(${x})`,
    mostResults: 1600, // 1664 entries of a target list
    mostText: 2 ** 24,
    mostBytes: 63,
  },
  trino: {
    double: parenthesised,
    number: (column) => `CAST(${column} AS double)`,
    exact(column, type) {
      if (type === "bigint")
        return { cell: `CAST(${column} AS decimal(20, 0))`, type: "decimal(20, 0)", scale: 0 };
      const scale = decimalScale(type);
      return scale === null ? null : { cell: column, type, scale };
    },
    near: (z) => `avg(${z})`,
    difference: (z, c) => `CAST(${z} - ${c} AS double)`,
    days: (column) => `to_unixtime(${column}) / 86400E0`, // of a date too
    text: (column) => `CAST(${column} AS varchar)`,
    finite: (x) => `is_finite(${x})`,
    sum: (x) => `sum(${x})`,
    mostResults: 2000, // no limit of its own; each costs milliseconds to compile, however they are divided
    mostText: 900_000, // query.max-length is 1 000 000
    mostBytes: Number.POSITIVE_INFINITY,
  },
};

/**
 * A cell as a double: of a date the days since 1970-01-01, of a boolean 1 and 0.
 * @param column a quoted identifier
 */
export function numberCell(dialect: Dialect, kind: "number" | "date" | "boolean", column: string): string {
  const { double, number, days } = WRITING[dialect];
  if (kind === "number") return number(column);
  if (kind === "date") return `(${days(column)})`;
  return `CASE WHEN ${column} THEN ${double(1)} WHEN NOT ${column} THEN ${double(0)} END`;
}
