// What the two commands share: installing, and running a step that must succeed. Node alone is needed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a program in the package's folder, its output shown; returns whether it succeeded. */
export function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: root, stdio: "inherit", ...options }).status === 0;
}

/** Runs one of this package's scripts, or ends with exit code 1. */
export function must(program, args) {
  if (!run(program, args)) process.exit(1);
}

/** Installs what package-lock.json names, unless that very lock is installed. */
export function install() {
  const lock = readFileSync(`${root}/package-lock.json`, "utf8");
  const stamp = `${root}/node_modules/.ell2-lock`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  const npm = process.env.npm_execpath;
  const [program, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  process.stderr.write("installing …\n");
  // not "ci": it refuses a lock without the binaries of every other platform, which not every registry has
  process.env.ONNXRUNTIME_NODE_INSTALL ??= "skip"; // its install script would download parts for graphics cards
  must(program, [...args, "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}
