/** What a thread of the pool runs: it says that it is there, and does the tasks that come. */
import { addChunks, type ColumnsWork } from "./columnRing.js";
import { type GatherWork, gatherUnits } from "./gatherAhead.js";
import type { Job } from "./jobs.js";
import { end, nodeThreads, type Task, takeChunks } from "./pool.js";
import * as reference from "./reference.js";
import { wasmKernels } from "./wasm.js";

const kernels = wasmKernels() ?? reference;

function run({ work, control }: Task<Job | GatherWork | ColumnsWork>): void {
  if (work.kind === "gather") gatherUnits(work, control);
  else if (work.kind === "columns") addChunks(kernels, work, control);
  else {
    takeChunks(kernels, { work, control });
    end(control);
  }
}

/** Takes the tasks that come through a port, and says that it is there. */
function listen(tasks: MessagePort): void {
  tasks.onmessage = ({ data }) => run(data);
  (parent ?? globalThis).postMessage("here");
}

const parent = nodeThreads()?.parentPort;
if (parent) parent.once("message", listen);
else globalThis.addEventListener("message", ({ data }: MessageEvent) => listen(data), { once: true });
