import { closeSync, existsSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { Ell2Error } from "../errors.js";
import type { TrainingState } from "../fit/run.js";
import { checkpointHead, checkpointStep, type Identity, readCheckpoint } from "./checkpointFile.js";
import { readText, writeWhole } from "./files.js";
import { attempt } from "./replace.js";

/** Milliseconds between two syncs: what a machine that loses its power may lose. */
const SYNC_MS = 1000;
/** Bytes appended, at least, before the file is written anew without the steps that later ones replace. */
const MOST_APPENDED = 1 << 20;

/** Where a training keeps what it needs to go on. */
export interface CheckpointOptions {
  path: string;
  /** Whether to go on from what is there already. */
  resume: boolean;
}

/**
 * A file that a training is kept in, epoch by epoch: a line that says which training it is, and a line
 * an epoch, appended. A process that is killed leaves every whole epoch in it; a line that was cut off is
 * passed over. When the lines that later ones replace have become many, the file is written anew.
 */
export class Checkpoint {
  /** What was there before; null where training begins. */
  readonly from: TrainingState | null;
  #file: number | null = null;
  /** Epochs of the log that the file has. */
  #logged = 0;
  #best = -1;
  #appended = 0;
  #most = 0;
  #synced = performance.now();

  private constructor(
    private readonly path: string,
    private readonly head: string,
    from: TrainingState | null,
  ) {
    this.from = from;
    this.#rewrite(from);
  }

  /**
   * Opens a checkpoint of a training, or begins one.
   * @throws USAGE where there is a file and it is not to be gone on from, or where it is of a training
   *   with other options; DATA where it is of other rows; FORMAT where it is damaged or no checkpoint;
   *   SOURCE where it cannot be read or written
   */
  static async open({ path, resume }: CheckpointOptions, identity: Identity): Promise<Checkpoint> {
    const there = existsSync(path);
    if (there && !resume) {
      throw new Ell2Error("USAGE", {
        where: path,
        expected: "no file at --checkpoint where training begins",
        got: "one that is there",
        remedy: "give --resume to go on from it, or remove it",
      });
    }
    const from = there ? readCheckpoint(await readText(path), path, identity) : null;
    return new Checkpoint(path, checkpointHead(identity), from);
  }

  /** Keeps where a training stands behind an epoch. */
  keep(state: TrainingState): void {
    if (this.#appended > this.#most) {
      this.#rewrite(state);
      return;
    }
    const line = this.#step(state);
    attempt(this.path, () => writeWholly(this.#file!, line));
    this.#appended += line.length;
    const now = performance.now();
    if (now - this.#synced < SYNC_MS) return;
    attempt(this.path, () => fdatasyncSync(this.#file!));
    this.#synced = now;
  }

  close(): void {
    if (this.#file === null) return;
    const file = this.#file;
    this.#file = null;
    attempt(this.path, () => {
      fdatasyncSync(file);
      closeSync(file);
    });
  }

  #step(state: TrainingState): Buffer {
    const step = checkpointStep(state, this.#logged, state.best !== null && state.best.epoch !== this.#best);
    this.#logged = state.log.length;
    this.#best = state.best?.epoch ?? -1;
    return step;
  }

  #rewrite(state: TrainingState | null): void {
    this.close();
    [this.#logged, this.#best] = [0, -1];
    const whole = state === null ? [] : [this.#step(state)];
    const content = Buffer.concat([Buffer.from(this.head), ...whole]);
    writeWhole(this.path, content);
    this.#file = attempt(this.path, () => openSync(this.path, "a"));
    this.#appended = 0;
    this.#most = Math.max(MOST_APPENDED, content.length);
  }
}

/** A write may take a part only, as where the device becomes full: the next one then says why. */
function writeWholly(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
