import { checkFitted, type FittedModel } from "./fitted.js";
import { jsonText } from "./json.js";

/**
 * A fitted model as the text of an ES module without imports, `export function predict(row)`: from an
 * object keyed by column to one keyed by target, to the bit what `predictFitted` gives.
 *
 * Numbers are numbers; dates are `Date`s or ISO texts (UTC unless they say otherwise); booleans are
 * booleans; levels are texts. A cell that is missing (undefined, null, NaN) stands for its column's
 * fill. Without one, and for any other value or a level that the model does not know, `predict` throws
 * a TypeError that names the column.
 * @throws VALUE for what is no fitted model, SHAPE and NOT_FINITE as `save`
 * Source: docs/export.md.
 */
export function exportJs(model: FittedModel): string {
  checkFitted("exportJs", model);
  const { columns, outputs, weight, bias } = model;
  const constants = Object.entries({ columns, targets: outputs, weight: weight.toArray(), bias });
  const lines = constants.map(([name, value]) => `const ${name} = ${literal(value)};`);
  return `// A linear regression, written by ell2: each target is Σ weight·feature + bias.\n${lines.join("\n")}\n${PROGRAM}`;
}

/** A value as JavaScript in which nothing ends the line, or the script of a page that it stands in. */
const literal = (value: unknown): string =>
  jsonText(value).replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const PROGRAM = `
/** The predictions for a row: an object keyed by target, from an object keyed by column. */
export function predict(row) {
  const cell = ({ name }) => (Object.hasOwn(row, name) ? row[name] : undefined);
  const x = columns.flatMap((column) => features(column, cell(column)));
  return Object.fromEntries(
    targets.map((target, l) => {
      let sum = 0;
      for (let j = 0; j < x.length; j++) sum += x[j] * weight[l][j];
      return [target, sum + bias[l]];
    }),
  );
}

/** The features that a column makes of a cell. */
function features(column, cell) {
  const { kind, name, fill = null, levels, reference } = column;
  if (kind === "category") {
    if (typeof cell !== "string" || (cell !== reference && !levels.includes(cell)))
      throw wrong(name, "a level that the model knows", cell);
    return levels.map((level) => (level === cell ? 1 : 0));
  }
  if (cell === null || cell === undefined || Number.isNaN(cell)) {
    if (fill === null) throw wrong(name, "a value", cell);
    return [fill];
  }
  if (kind === "date") return [days(name, cell)];
  if (kind === "boolean" && typeof cell === "boolean") return [cell ? 1 : 0];
  if (kind === "number" && Number.isFinite(cell)) return [cell];
  throw wrong(name, \`a \${kind}\`, cell);
}

/** Days since 1970-01-01 UTC, of a Date or of a text such as 2024-02-29, 2024-02-29T12:00 or 2024-02-29 12:00:00.5+01:00. */
function days(name, cell) {
  const iso = /^(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?)(Z|[+-]\\d\\d:\\d\\d)?)?$/;
  const [, day, time = "00:00", zone = "Z"] = (typeof cell === "string" && iso.exec(cell)) || [];
  const inCalendar = new Date(\`\${day}T00:00Z\`).getUTCDate() === Number(day?.slice(8));
  const date = inCalendar ? new Date(\`\${day}T\${time}\${zone}\`) : cell;
  if (date instanceof Date && Number.isFinite(date.getTime())) return date.getTime() / 86_400_000;
  throw wrong(name, "a date", cell);
}

function wrong(name, expected, cell) {
  const got = typeof cell === "string" ? JSON.stringify(cell) : cell;
  return new TypeError(\`\${JSON.stringify(name)}: expected \${expected}, got \${got}\`);
}
`;
