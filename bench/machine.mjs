// What the machine can do at most, measured, and the shortest time that some work can take on it.
import { availableParallelism, cpus } from "node:os";

const giga = (perSecond) => (perSecond / 1e9).toFixed(1);

/** Bytes read and flops a second, for one thread and for all; null without Python. */
export const measureMachine = async (python) => (python === null ? null : python.ask("machine"));

/** The lines that say on what was measured. */
export function describeMachine(machine, peers) {
  const { node } = process.versions;
  const lines = [
    `machine: ${cpus()[0].model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}; Node ${node}`,
    `peers: ${peers.join(", ") || "none"}`,
  ];
  if (machine === null)
    return [...lines, "limits: not measured (that needs Python with NumPy, and --scale 1)"];
  const [read, readAll] = machine.read.map(giga);
  const [flops, flopsAll] = machine.flops.map(giga);
  return [
    ...lines,
    `limits: memory is read at ${read} GB/s by one thread, ${readAll} by ${machine.threads}; ` +
      `OpenBLAS reaches ${flops} GFLOP/s on one, ${flopsAll} on ${machine.threads}`,
  ];
}

/**
 * The least seconds that a work of so many bytes and flops takes: bytes ÷ bandwidth or flops ÷ peak,
 * whichever is longer; with every core, unless the work says that it has one thread.
 * @returns {seconds, by: "memory" | "arithmetic"}, or null where nothing is known
 */
export function limitOf(work, machine) {
  if (work === null || machine === null) return null;
  const most = (rates) => (work.threads === 1 ? rates[0] : Math.max(...rates));
  const [memory, arithmetic] = [work.bytes / most(machine.read), work.flops / most(machine.flops)];
  return memory > arithmetic ? { seconds: memory, by: "memory" } : { seconds: arithmetic, by: "arithmetic" };
}
