// The table of right digits in docs/verification.md; npm run certificate writes it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { markdown, replaced } from "./markdown.mjs";
import { root } from "./npm.mjs";

const START = "<!-- accuracy: written by npm run certificate -->";
const END = "<!-- end of accuracy -->";
const PAGE = join(root, "docs/verification.md");

/**
 * The page as it is, and with the table renewed.
 * @param rows of test/exact/table.ts
 */
export function accuracy(rows, page = readFileSync(PAGE, "utf8")) {
  return { page, renewed: replaced(page, START, END, markdown(rows)) };
}

/** The rows as they are observed now: test/exact/table.ts, built and run. */
export async function observedAccuracy() {
  const { outputFiles } = await build({
    stdin: {
      contents: 'import { results, table } from "./table.js"; export const rows = table(results());',
      resolveDir: join(root, "test/exact"),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    logLevel: "error",
  });
  const { rows } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
  return rows;
}
