// npm run golden:record: runs golden/record.py, and without arguments ridge.py and inference.py too, with ELL2_PYTHON, or
// python3.
import { run } from "./npm.mjs";

const options = process.argv.slice(2);
const python = (...args) => run(process.env.ELL2_PYTHON ?? "python3", args);
const more = options.length > 0 ? [] : ["golden/ridge.py", "golden/inference.py"];
if (!(python("golden/record.py", ...options) && more.every((script) => python(script)))) {
  process.stderr.write("set ELL2_PYTHON to a Python that has torch, scikit-learn, statsmodels and NumPy\n");
  process.exit(1);
}
