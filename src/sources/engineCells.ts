import { Ell2Error } from "../errors.js";
import { missingQuery, notFiniteQuery } from "../sql/sums.js";
import type { Planned } from "./enginePlan.js";

/** How many rows lack a cell, and which. */
export async function missingCells({
  table,
  everyRow,
  names,
}: Planned): Promise<{ rows: number; dropped: number; missing: { column: string; cells: number }[] }> {
  const [rows, whole, ...there] = (await table.engine.query(missingQuery(everyRow))).rows[0] as number[];
  const missing = names
    .map((column, i) => ({ column, cells: rows! - there[i]! }))
    .filter(({ cells }) => cells > 0);
  if (whole === 0 && rows! > 0) {
    throw new Ell2Error("DATA", {
      where: table.name,
      expected: "rows without a missing cell",
      got: `none of ${rows}`,
    });
  }
  return { rows: rows!, dropped: rows! - whole!, missing };
}

/** The error for cells that are missing. */
export async function emptyCells(planned: Planned): Promise<Ell2Error> {
  const { rows, dropped, missing } = await missingCells(planned);
  return new Ell2Error("DATA", {
    where: planned.table.name,
    expected: "a value in every cell",
    got: `NULL in ${dropped} of ${rows} rows (${missing.map(({ column, cells }) => `${cells} in ${JSON.stringify(column)}`).join(", ")})`,
    remedy: "fill them in, leave the rows out (where), or say that they are left out (option missing: drop)",
    data: { rows, dropped, missing },
  });
}

/** The error for cells that are NaN or infinite, or whose squares overflow. */
export async function notFinite({ table, plan, names }: Planned): Promise<Ell2Error> {
  const [rows, ...counts] = (await table.engine.query(notFiniteQuery(plan))).rows[0] as number[];
  const wrong = names.map((column, i) => ({ column, cells: counts[i]! })).filter(({ cells }) => cells > 0);
  if (wrong.length === 0) {
    return new Ell2Error("NOT_FINITE", {
      where: table.name,
      expected: "finite numbers whose squares do not overflow",
      got: "sums that are not finite",
      remedy: "give the columns in larger units",
    });
  }
  return new Ell2Error("DATA", {
    where: table.name,
    expected: "finite numbers",
    got: `NaN or infinity in ${wrong.map(({ column, cells }) => `${cells} of ${rows} cells of ${JSON.stringify(column)}`).join(", ")}`,
    remedy: "mend the values, or leave the rows out (where)",
    data: { rows, notFinite: wrong },
  });
}
