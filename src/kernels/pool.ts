/**
 * Threads that share memory with this one. They take jobs as messages, and say through shared memory
 * that they are done, so that a call to several threads stays an ordinary, synchronous call.
 */

import { checkInteger } from "../numbers/check.js";
import { chunkCount, type Job, runChunk } from "./jobs.js";
import type { Kernels } from "./stream.js";

/** A thread: Node's or a browser's, and where its tasks go. (What a browser posts to a worker itself waits until its creator is idle.) */
interface Thread {
  tasks: MessagePort;
  worker: { terminate(): unknown };
}

/** What is posted to a thread. */
export interface Task<Work> {
  work: Work;
  control: Int32Array;
}

/** Places in a task's control: the next chunk that nobody has taken, and how many threads have ended. */
const NEXT = 0;
const ENDED = 1;

const threads: Thread[] = [];
/** The last call that starts or ends threads; they run one after the other. */
let changing: Promise<unknown> = Promise.resolve();

/** How many threads large calls run on: this one, and those that were started. */
export const threadCount = (): number => threads.length + 1;

/** Posts a task to every thread, or to the first one. */
export function post<Work>(work: Work, control: Int32Array, to: "all" | "one" = "all"): void {
  for (const thread of to === "all" ? threads : threads.slice(0, 1)) {
    thread.tasks.postMessage({ work, control } satisfies Task<Work>);
  }
}

/** Does a job together with the other threads, chunk by chunk. */
export function share(kernels: Kernels, job: Job): void {
  const control = new Int32Array(new SharedArrayBuffer(8));
  post(job, control);
  takeChunks(kernels, { work: job, control });
  const others = threads.length;
  for (let ended = Atomics.load(control, ENDED); ended < others; ended = Atomics.load(control, ENDED)) {
    Atomics.wait(control, ENDED, ended);
  }
}

/** Takes chunks of a job until none is left. */
export function takeChunks(kernels: Kernels, { work, control }: Task<Job>): void {
  const chunks = chunkCount(work);
  for (let chunk = Atomics.add(control, NEXT, 1); chunk < chunks; chunk = Atomics.add(control, NEXT, 1)) {
    runChunk(kernels, work, chunk);
  }
}

/** Says that this thread has ended its part of a task. */
export function end(control: Int32Array): void {
  Atomics.add(control, ENDED, 1);
  Atomics.notify(control, ENDED);
}

/** Node's threads; undefined in a browser. */
export const nodeThreads = () => globalThis.process?.getBuiltinModule?.("node:worker_threads");

/** How many processors there are. */
const processors = (): number => globalThis.navigator?.hardwareConcurrency ?? 2;

/** Whether this thread may wait for others, and share memory with them: a page's own thread may not. */
function mayWait(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts threads for large inputs in shared memory (in which this library keeps every large matrix
 * that it makes): moments, predictions, losses, full batches and shuffled rows. The results have the
 * same bits with any number of threads. In Node they are `worker_threads`, which do not keep the
 * process alive; in a browser workers, where the page is cross-origin isolated and this is called in
 * a worker (a page's own thread may not wait).
 * @param count threads in all, this one included, ≥ 1; by default one for each processor, at most 4
 * @returns how many threads there are now: 1 where there can be no others
 * @throws VALUE for a count that is not a whole number ≥ 1
 * Source: docs/architecture.md.
 */
export async function startThreads(count: number = Math.min(4, processors())): Promise<number> {
  checkInteger("startThreads", "count", count, 1);
  const change = changing.then(async () => {
    if (!mayWait()) return 1;
    while (threadCount() > count) {
      const { tasks, worker } = threads.pop()!;
      tasks.close();
      await worker.terminate();
    }
    const more = Array.from({ length: count - threadCount() }, startThread);
    threads.push(...(await Promise.all(more)).filter((thread) => thread !== null));
    return threadCount();
  });
  changing = change;
  return change;
}

/**
 * Ends all threads but this one.
 * Source: as `startThreads`.
 */
export async function stopThreads(): Promise<void> {
  await startThreads(1);
}

/** A thread that has said that it is there; null where it cannot start. */
function startThread(): Promise<Thread | null> {
  return new Promise((resolve) => {
    const node = nodeThreads();
    const { port1: tasks, port2 } = new MessageChannel();
    try {
      if (node) {
        const worker = new node.Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
        worker.once("message", () => {
          worker.unref();
          resolve({ tasks, worker });
        });
        worker.once("error", () => resolve(null));
        worker.postMessage(port2, [port2 as never]);
      } else {
        const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
        worker.addEventListener("message", () => resolve({ tasks, worker }), { once: true });
        worker.addEventListener("error", () => resolve(null), { once: true });
        worker.postMessage(port2, [port2]);
      }
    } catch {
      resolve(null);
    }
  });
}
