// npm run golden:record: runs golden/record.py with ELL2_PYTHON, or python3.
import { run } from "./npm.mjs";

if (!run(process.env.ELL2_PYTHON ?? "python3", ["golden/record.py", ...process.argv.slice(2)])) {
  process.stderr.write("set ELL2_PYTHON to a Python that has torch, scikit-learn and NumPy\n");
  process.exit(1);
}
