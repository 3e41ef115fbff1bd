import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { Ell2Error } from "../errors.js";
import { reason } from "../sources/file.js";
import { removeOnExit } from "./temporary.js";

/** A file that is written beside the one that it is to replace. */
export interface Replacement {
  /** Where to write it: a name that nothing else has. */
  beside: string;
  /** Syncs what was written and puts it in place of the other file, with that one's permissions. */
  commit(): void;
  /** Removes what was written and not put in place; to be called in the end, whatever happened. */
  done(): void;
}

/**
 * How every file of ours is written, so that at each moment the old one or the new one is there, whole:
 * beside it, synced, renamed over it, and the folder synced. A link is followed. If the program is
 * killed in between, the file beside it is left over, and nothing ever reads that.
 * @throws SOURCE where that cannot be done; what was there before is then still there
 */
export function replacing(path: string): Replacement {
  const target = attempt(path, () => (statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path));
  const beside = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  const keep = removeOnExit(beside);
  return {
    beside,
    commit: () =>
      attempt(path, () => {
        const before = statSync(target, { throwIfNoEntry: false });
        if (before) chmodSync(beside, before.mode);
        sync(beside, "r+");
        renameSync(beside, target);
        try {
          sync(dirname(target), "r");
        } catch {
          // not every system can sync a folder
        }
      }),
    done() {
      try {
        rmSync(beside, { force: true });
      } catch {
        // what cannot be removed is left over
      }
      keep();
    },
  };
}

/** A step of writing a file; what fails is said in words. @throws SOURCE */
export function attempt<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Why a file could not be written, as an error of ours. */
export const writeError = (path: string, error: unknown): Ell2Error =>
  error instanceof Ell2Error
    ? error
    : new Ell2Error("SOURCE", { where: path, expected: "to write a file", got: reason(error) });

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
