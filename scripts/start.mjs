// npm start: installs, builds, and runs the notebook. Options go through: npm start -- --lambda 3
import { install, must } from "./npm.mjs";

install();
must(process.execPath, ["scripts/build.mjs"]);
must(process.execPath, ["dist/cli.js", "run", ...process.argv.slice(2)]);
