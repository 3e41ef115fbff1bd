// npm run certificate: writes the observed errors, and the digits beside exact arithmetic, into docs/verification.md.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accuracy, observedAccuracy } from "./accuracy.mjs";
import { markdown, replaced } from "./markdown.mjs";
import { root } from "./npm.mjs";

const START = "<!-- certificate: written by npm run certificate -->";
const END = "<!-- end of certificate -->";
const PAGE = join(root, "docs/verification.md");

const size = ({ error, unit }) =>
  unit === "mismatches" || unit === "epoch" || unit === "ULP"
    ? String(error)
    : error === 0
      ? "0"
      : error.toExponential(1);

/** The tables of the certificate, from the JSON of `ell2 verify`. */
function tables({ traces }) {
  const training = traces.filter(({ kind }) => kind === "training" || kind === "notebook");
  const find = (trace, what, unit) =>
    trace.checks.find((check) => check.what === what && check.unit === unit);
  const cell = (check) => (check === undefined ? "–" : size(check));
  const rows = training.flatMap((trace) =>
    ["scratch", "nn"].map((witness) => {
      const parameters = `${witness}: parameters`;
      return [
        trace.name,
        witness,
        cell(find(trace, `${witness}: losses`, "of the epoch's largest")),
        cell(find(trace, parameters, "of the largest entry")),
        cell(find(trace, `${parameters}, median`, "ULP")),
        cell(find(trace, `${parameters}, worst entry`, "relative")),
      ];
    }),
  );
  const shown = rows.filter((row) => row.slice(2).some((text) => text !== "–"));
  const others = traces.flatMap((trace) =>
    trace.checks
      .filter(({ what }) => !/^(scratch|nn): /.test(what))
      .map((check) => [trace.name, check.what, check.unit, size(check), String(check.bound)]),
  );
  const bounds = [
    "Training: losses within 3e-14 of the epoch's largest (2e-14 where it diverges on purpose), parameters within 1e-14 of the largest",
    "entry (Adam and AdamW 4e-15), median within 4 ULP.",
  ].join("\n");
  return `${bounds}\n
${markdown([["trace", "witness", "losses", "parameters", "median ULP", "worst entry"], ...shown])}

Streams, data, and the notebook from its seed:

${markdown([["trace", "what", "measured in", "observed", "bound"], ...others])}
`;
}

/** The page with its tables renewed. */
export function renewed() {
  const json = execFileSync(process.execPath, [join(root, "dist/cli.js"), "verify", "--json"], {
    maxBuffer: 2 ** 26,
  });
  return replaced(readFileSync(PAGE, "utf8"), START, END, tables(JSON.parse(json)));
}

if (process.argv[1]?.endsWith("certificate.mjs"))
  writeFileSync(PAGE, accuracy(await observedAccuracy(), renewed()).renewed);
