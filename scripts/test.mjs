// npm test: installs, checks, builds, and runs every test. Ends with one line: N passed, N failed, N skipped.
import { install } from "./npm.mjs";

install();
const { requireBrowser } = await import("./browser.mjs");
const { check } = await import("./check.mjs");
const { testAndExit } = await import("./vitest.mjs");
process.env.ELL2_CHROMIUM = requireBrowser();
testAndExit(process.argv.slice(2), check());
