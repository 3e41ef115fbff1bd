// npm test: installs, checks, builds, and runs every test. Ends with one line: N passed, N failed, N skipped.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install, root, run } from "./npm.mjs";

install();
const { requireBrowser } = await import("./browser.mjs");
const { check } = await import("./check.mjs");
process.env.ELL2_CHROMIUM = requireBrowser();

const { passed, failed } = check();
const folder = mkdtempSync(join(tmpdir(), "ell2-test-"));
const report = join(folder, "report.json");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const ok = run(process.execPath, [
  vitest,
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
const results = JSON.parse(readFileSync(report, "utf8"));
rmSync(folder, { recursive: true });

for (const { assertionResults } of results.testResults) {
  for (const { status, fullName } of assertionResults) {
    if (status === "pending" || status === "skipped") process.stdout.write(`skipped: ${fullName}\n`);
  }
}
// a file that could not even be collected counts as one failure
const broken = results.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);
const failures = failed + results.numFailedTests + broken.length;
process.stdout.write(
  `${passed + results.numPassedTests} passed, ${failures} failed, ${results.numPendingTests} skipped\n`,
);
process.exit(ok && failures === 0 ? 0 : 1);
