// The notebook as a process, from its start to its end.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { relative } from "../agreement.mjs";
import { byTurns, timed } from "../measure.mjs";

const root = join(import.meta.dirname, "../..");

/** The losses that a run of the notebook prints: of the first model in each line of the log. */
const losses = (text) =>
  [...text.matchAll(/epoch: \d+ - MSE: (\S+) - MSE_v: (\S+)/g)].flatMap(([, mse, valid]) => [
    Number(mse),
    Number(valid),
  ]);

export const cold = {
  name: "ell2 run, cold process",
  atLeast: 8,
  needs: "python",
  async run({ pythonPath, torch }) {
    const print = (program, args) => execFileSync(program, args, { encoding: "utf8", stdio: "pipe" });
    const ours = () => print(process.execPath, [join(root, "dist/cli.js"), "run"]);
    const theirs = () => print(pythonPath, [join(root, "bench/notebook.py")]);
    const measured = await byTurns(ours, async (repeat) => timed(theirs, repeat));
    // both print 4 decimals; the script trains the prebuilt model first, then the one from scratch
    const mine = losses(measured.ours);
    const others = losses(measured.theirs.result);
    return {
      ...measured,
      peerName: `${torch} and scikit-learn, the notebook as a script`,
      agreement: { error: relative([...mine, ...mine], others), tolerance: 1e-7 },
      work: null,
    };
  },
};
