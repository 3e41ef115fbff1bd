// The results as text: a table for people, JSON for programs, tables in docs/performance.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = join(import.meta.dirname, "../docs/performance.md");

/** Three digits, in µs, ms or s. */
export function duration(seconds) {
  const [value, unit] =
    seconds < 1e-3 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${digits(value)} ${unit}`;
}

const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const agrees = ({ error, tolerance }) => error <= tolerance;

/** Whether both sides did the same job. */
export const holds = ({ agreement }) => agrees(agreement);

/** What --json prints of a result, times in milliseconds. */
export function asJson({ name, ell2, peer, peerName, agreement }) {
  return {
    name,
    unit: "ms",
    ell2: ell2 * 1e3,
    peer: peer * 1e3,
    peerName,
    ratio: peer / ell2,
    agreement,
  };
}

const HEADER = ["workload", "ell2", "peer", "ratio", "at least", "limit", "agreement", "peer's name"];

const cells = ({ name, ell2, peer, atLeast, limit, agreement, peerName }) => [
  name,
  duration(ell2),
  duration(peer),
  digits(peer / ell2) + (peer / ell2 < atLeast ? " !" : ""),
  String(atLeast),
  limit === null ? "–" : `${duration(limit.seconds)} ${limit.by}`,
  `${agreement.error.toExponential(1)} ≤ ${agreement.tolerance}${agrees(agreement) ? "" : " FAILED"}`,
  peerName,
];

const padded = (rows) => {
  const widths = rows[0].map((_, j) => Math.max(...rows.map((row) => [...row[j]].length)));
  return rows.map((row) => row.map((cell, j) => cell + " ".repeat(widths[j] - [...cell].length)));
};

/** The table that is printed; a ratio below what it should be is marked with "!". */
export const textTable = (results) =>
  padded([HEADER, ...results.map(cells)])
    .map((row) => row.join("  ").trimEnd())
    .join("\n");

export function markdownTable(rows) {
  const [head, ...body] = padded([rows[0], rows[0].map(() => ""), ...rows.slice(1)]);
  const line = (row) => `| ${row.join(" | ")} |`;
  const [rule, ...rest] = body;
  return [line(head), line(rule.map((cell) => "-".repeat(cell.length))), ...rest.map(line)].join("\n");
}

/**
 * The table of docs/performance.md: a row for each workload, the new one where it was measured,
 * otherwise the one that the page has; so that a few can be measured anew.
 */
export function resultsMarkdown(names, results) {
  const before = new Map(
    readFileSync(PAGE, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => line.slice(2, -2).split(" | "))
      .filter((row) => row.length === HEADER.length)
      .map((row) => row.map((cell) => cell.trim()))
      .map((row) => [row[0], row]),
  );
  const now = new Map(results.map((result) => [result.name, cells(result)]));
  const absent = (name) => HEADER.map((_, j) => (j === 0 ? name : "–"));
  return markdownTable([HEADER, ...names.map((name) => now.get(name) ?? before.get(name) ?? absent(name))]);
}

/** Puts text between the marks <!-- name: … --> and <!-- end of name --> of docs/performance.md. */
export function writeSection(name, text) {
  const page = readFileSync(PAGE, "utf8");
  const marks = new RegExp(`(<!-- ${name}: [^>]*-->\\n)[^]*?(<!-- end of ${name} -->)`);
  if (!marks.test(page)) throw new Error(`docs/performance.md has no section ${name}`);
  writeFileSync(
    PAGE,
    page.replace(marks, (_, start, end) => `${start}\n${text}\n\n${end}`),
  );
}
