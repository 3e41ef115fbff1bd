// Tables in Markdown, and the parts of pages that are generated.

/** Rows of cells as a table, the first one its head, columns of equal width. */
export function markdown(rows) {
  const widths = rows[0].map((_, j) => Math.max(...rows.map((row) => [...row[j]].length)));
  const line = (row) =>
    `| ${row.map((cell, j) => cell + " ".repeat(widths[j] - [...cell].length)).join(" | ")} |`;
  return [line(rows[0]), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join(
    "\n",
  );
}

/** A page with the text between two comments replaced. */
export function replaced(page, start, end, text) {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no part from ${start} to ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}
