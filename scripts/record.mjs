// npm run golden:record: runs golden/record.py, and without arguments golden/ridge.py too, with ELL2_PYTHON, or python3.
import { run } from "./npm.mjs";

const options = process.argv.slice(2);
const python = (...args) => run(process.env.ELL2_PYTHON ?? "python3", args);
if (!(python("golden/record.py", ...options) && (options.length > 0 || python("golden/ridge.py")))) {
  process.stderr.write("set ELL2_PYTHON to a Python that has torch, scikit-learn and NumPy\n");
  process.exit(1);
}
