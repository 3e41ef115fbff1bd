// What the two commands share: installing, and running a step that must succeed. Node alone is needed.
import { execFileSync, spawnSync } from "node:child_process";
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

/** The program and first arguments that run npm: the one that runs us, if there is one. */
function program() {
  const path = process.env.npm_execpath;
  return path ? [process.execPath, path] : ["npm"];
}

/** What npm prints. */
export function npm(args) {
  const [file, ...first] = program();
  return execFileSync(file, [...first, ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Installs what package-lock.json names, unless that very lock is installed. */
export function install() {
  const lock = readFileSync(`${root}/package-lock.json`, "utf8");
  const stamp = `${root}/node_modules/.ell2-lock`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  const [file, ...first] = program();
  process.stderr.write("installing …\n");
  // not "ci": it refuses a lock without the binaries of every other platform, which not every registry has
  process.env.ONNXRUNTIME_NODE_INSTALL ??= "skip"; // its install script would download parts for graphics cards
  must(file, [...first, "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}
