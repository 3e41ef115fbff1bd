// Starts the peers and asks them: one job a line as JSON, one answer a line.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const here = import.meta.dirname;

/** A process that answers jobs in order. */
class Peer {
  #process;
  #answers;
  versions;

  constructor(program, args) {
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    this.#process.on("error", () => {}); // the missing answer says it
    process.on("exit", () => this.#process.kill());
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** What the job answers. Throws what went wrong there. */
  async ask(job, options = {}) {
    this.#process.stdin.write(`${JSON.stringify({ job, ...options })}\n`);
    const { value } = await this.#answers.next();
    const answer = value === undefined ? { error: "the process ended" } : JSON.parse(value);
    if (answer.error) throw new Error(`${job}: ${answer.error}`);
    return answer;
  }
}

/** A Python that has these modules: ELL2_PYTHON, or the first on the path; null if there is none. */
export function findPython(...modules) {
  const has = `import sys, importlib.util as u; sys.exit(not all(map(u.find_spec, ${JSON.stringify(modules)})))`;
  const names = process.env.ELL2_PYTHON
    ? [process.env.ELL2_PYTHON]
    : ["python3", "python", "/usr/bin/python3"];
  return names.find((name) => spawnSync(name, ["-c", has], { timeout: 20_000 }).status === 0) ?? null;
}

/** PyTorch, scikit-learn and NumPy. */
export async function startPython(python) {
  const peer = new Peer(python, [join(here, "peers.py")]);
  Object.assign(peer, await peer.ask("hello"));
  return peer;
}

/** TensorFlow.js and ml-regression-multivariate-linear, installed into bench/node_modules if they are missing. */
export async function startJavaScript() {
  const manifest = readFileSync(join(here, "package.json"), "utf8");
  const stamp = join(here, "node_modules/.ell2-bench");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== manifest) {
    process.stderr.write("installing the JavaScript peers (some 300 MB) …\n");
    const npm = process.env.npm_execpath;
    const [program, args] = npm ? [process.execPath, [npm]] : ["npm", []];
    const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status } = spawnSync(program, [...args, "install", ...quiet], {
      cwd: here,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) return null;
    writeFileSync(stamp, manifest);
  }
  const peer = new Peer(process.execPath, [join(here, "peers.mjs")]);
  Object.assign(peer, await peer.ask("hello"));
  return peer;
}
