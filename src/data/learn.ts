import { Ell2Error } from "../errors.js";
import { checkBoolean, checkOptions, show } from "../numbers/check.js";
import { low, twoSum } from "../numbers/errorFree.js";
import { type Column, featureNames } from "./columns.js";
import type { RawColumn, Table } from "./table.js";

/** How features are learnt; each option is described at the constructor of `ColumnLearner`. */
export interface LearnOptions {
  fill?: boolean;
  dropFirst?: boolean;
  reference?: Readonly<Record<string, string>>;
}

/** What is known of a column so far: the sum of its cells in two parts and how many there are by their weights, or which levels occur. */
interface Seen {
  sum: number;
  sumLow: number;
  filled: number;
  levels: Set<number>;
}

/**
 * Learns how features come from the columns of a table that is given in parts.
 *
 * A text column gets one feature for each level that occurs, in the order of the code units of their
 * names. A missing number is later filled in with the mean of those that are there, by their rows' weights.
 * Source: docs/files.md.
 */
export class ColumnLearner {
  readonly #raw: readonly RawColumn[];
  readonly #seen: Seen[];
  readonly #fill: boolean;
  readonly #dropFirst: boolean;
  readonly #reference: Readonly<Record<string, string>>;

  /**
   * @param raw the columns of the table
   * @param options.fill whether missing cells are filled in; false by default, so that they are errors
   * @param options.dropFirst whether the first level of each text column goes without a feature, as
   *   λ = 0 needs; false by default
   * @param options.reference for a text column by name, the level that goes without a feature
   * @throws DATA for a reference to a column that is no text column; OPTION for an option that does not
   *   exist; VALUE for `fill` or `dropFirst` that is not true or false
   */
  constructor(raw: readonly RawColumn[], options: LearnOptions = {}) {
    const where = "ColumnLearner";
    checkOptions(where, options, ["fill", "dropFirst", "reference"]);
    this.#raw = raw;
    this.#seen = raw.map(() => ({ sum: 0, sumLow: 0, filled: 0, levels: new Set() }));
    this.#fill = checkBoolean(where, "fill", options.fill ?? false);
    this.#dropFirst = checkBoolean(where, "dropFirst", options.dropFirst ?? false);
    this.#reference = options.reference ?? {};
    for (const name of Object.keys(this.#reference)) {
      if (raw.some((column) => column.kind === "category" && column.name === name)) continue;
      throw new Ell2Error("DATA", {
        where: "reference",
        expected: "a text column that is a feature",
        got: show(name),
        remedy: "name it as categorical",
      });
    }
  }

  /**
   * Looks at more rows.
   * @param table with these columns
   * @param rows which of its rows, by index; all by default
   */
  add({ cells, weights }: Table, rows?: ArrayLike<number>): this {
    const count = rows?.length ?? cells.rows;
    for (const [j, seen] of this.#seen.entries()) {
      const isText = this.#raw[j]!.kind === "category";
      if (!isText && !this.#fill) continue; // nothing is learnt of numbers but their mean
      for (let i = 0; i < count; i++) {
        const row = rows ? rows[i]! : i;
        const value = cells.data[row * cells.cols + j]!;
        if (isText) seen.levels.add(value);
        else if (!Number.isNaN(value)) {
          const weight = weights?.[row] ?? 1;
          seen.sum = twoSum(seen.sum, weight * value);
          seen.sumLow += low;
          seen.filled += weight;
        }
      }
    }
    return this;
  }

  /**
   * A column for each of the table's.
   * @throws DATA for a reference that does not occur, or a column to fill in without any cell, or two
   *   features of one name
   */
  columns(): Column[] {
    const columns = this.#raw.map((column, j): Column => {
      const { name } = column;
      if (column.kind !== "category") {
        return { kind: column.kind, name, fill: this.#fill ? mean(name, this.#seen[j]!) : null };
      }
      const levels = column.levels.filter((_, level) => this.#seen[j]!.levels.has(level)).sort();
      const forced = Object.hasOwn(this.#reference, name) ? this.#reference[name]! : null;
      if (forced !== null && !levels.includes(forced)) {
        throw new Ell2Error("DATA", {
          where: "reference",
          expected: `a level of column ${show(name)} (${levels.slice(0, 12).map(show).join(", ")})`,
          got: show(forced),
        });
      }
      const left = forced ?? (this.#dropFirst ? (levels[0] ?? null) : null);
      return { kind: "category", name, levels: levels.filter((level) => level !== left), reference: left };
    });
    const names = new Set<string>();
    for (const name of featureNames(columns)) {
      if (names.has(name)) {
        throw new Ell2Error("DATA", {
          where: "columns",
          expected: "features with names of their own",
          got: `${show(name)} as a level and as a column`,
          remedy: "call the column otherwise, or leave it out",
        });
      }
      names.add(name);
    }
    return columns;
  }
}

/**
 * Learns how features come from the columns of a table, as `ColumnLearner`.
 * @param table m rows
 * @param options as those of `ColumnLearner`, and `rows`: which rows to learn from, by index; all by default
 * @returns a column for each of the table's
 * @throws as `ColumnLearner`
 * Source: docs/files.md.
 */
export function learnColumns(
  table: Table,
  { rows, ...options }: LearnOptions & { rows?: ArrayLike<number> } = {},
): Column[] {
  return new ColumnLearner(table.columns, options).add(table, rows).columns();
}

function mean(name: string, { sum, sumLow, filled }: Seen): number {
  const value = (sum + sumLow) / filled;
  if (Number.isFinite(value)) return value;
  throw new Ell2Error("DATA", {
    where: "missing",
    expected: `numbers in column ${show(name)} to take the mean of`,
    got: filled === 0 ? "none" : "numbers whose sum overflows",
  });
}
