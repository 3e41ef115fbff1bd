import { rmSync } from "node:fs";

const paths = new Set<string>();

function removeAll(): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}

function interrupted(signal: NodeJS.Signals): void {
  removeAll();
  process.exit(signal === "SIGINT" ? 130 : 143);
}

/**
 * Removes a file or folder if the program ends, or is interrupted, before it is done with it.
 * @returns to be called when it is done: the path is then left alone
 */
export function removeOnExit(path: string): () => void {
  if (paths.size === 0) {
    process.on("exit", removeAll);
    process.on("SIGINT", interrupted);
    process.on("SIGTERM", interrupted);
  }
  paths.add(path);
  return () => {
    paths.delete(path);
    if (paths.size > 0) return;
    process.off("exit", removeAll);
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", interrupted);
  };
}
