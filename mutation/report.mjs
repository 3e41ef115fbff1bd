// What a run of mutants shows: a table of files, and every mutant that no test noticed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/npm.mjs";

const noticed = ({ status }) => status === "killed" || status === "endless";
const percent = (share) => `${(100 * share).toFixed(1)} %`;

function row(name, results) {
  const killed = results.filter(noticed).length;
  const endless = results.filter(({ status }) => status === "endless").length;
  return `| ${name} | ${results.length} | ${killed} | ${endless} | ${percent(killed / results.length)} |`;
}

/** Wilson's interval of 95 % for a share seen in a sample. */
function interval(killed, n) {
  const z = 1.96;
  const [p, middle] = [killed / n, (killed + (z * z) / 2) / (n + z * z)];
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return `${percent(middle - half)} to ${percent(middle + half)}`;
}

/** The changed text in one line: what stood there and what replaced it. */
function change({ file, location: { start, end }, mutatorName, replacement }) {
  const lines = readFileSync(join(root, file), "utf8")
    .split("\n")
    .slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  const short = (text) => {
    const line = text.replaceAll(/\s+/g, " ");
    return line.length > 90 ? `${line.slice(0, 87)}…` : line;
  };
  return `${file}:${start.line + 1}:${start.column + 1} ${mutatorName}: ${short(lines.join("\n"))} → ${short(replacement)}`;
}

/**
 * The report as text.
 * @param all how many mutants there are, of which `results` may be a sample
 */
export function report(results, all) {
  const files = [...new Set(results.map(({ file }) => file))].sort();
  const folders = [...new Set(results.map(({ folder }) => folder))];
  const head = "| file | mutants | noticed | of them endless | score |\n| --- | --- | --- | --- | --- |";
  const rows = [
    ...files.map((file) =>
      row(
        file,
        results.filter((result) => result.file === file),
      ),
    ),
    ...folders.map((folder) =>
      row(
        `**${folder}**`,
        results.filter((result) => result.folder === folder),
      ),
    ),
    row("**all**", results),
  ];
  const killed = results.filter(noticed).length;
  const left = results.filter((result) => !noticed(result));
  left.sort((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.location.start.line - b.location.start.line,
  );
  const sample =
    results.length < all
      ? `A sample of ${results.length} of ${all} mutants; with 95 % confidence all score ${interval(killed, results.length)}.\n`
      : "";
  const list = left.map((result) => `${result.status === "untested" ? "untested " : ""}${change(result)}`);
  return `${head}\n${rows.join("\n")}\n\n${sample}\nNot noticed, ${left.length}:\n${list.join("\n")}\n`;
}
