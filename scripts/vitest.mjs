// Runs Vitest, and counts.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run } from "./npm.mjs";

/**
 * Runs tests, names what is skipped, and ends the program with the line N passed, N failed, N skipped; exit 1 if a test
 * fails.
 * @param args of Vitest
 * @param before what passed and failed already
 * @param cleanUp what is done in any case before the end
 */
export function testAndExit(args, before = { passed: 0, failed: 0 }, cleanUp = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "ell2-test-"));
  const report = join(folder, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = run(process.execPath, [vitest, "run", ...reporters, ...args]);
  cleanUp();
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
  const failures = before.failed + results.numFailedTests + broken.length;
  process.stdout.write(
    `${before.passed + results.numPassedTests} passed, ${failures} failed, ${results.numPendingTests} skipped\n`,
  );
  process.exit(ok && failures === 0 ? 0 : 1);
}
