/** What ends work that was interrupted by Ctrl-C, once it is undone. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Does work that must not be left at once: Ctrl-C cancels it by a signal (a second one leaves).
 * @throws Interrupted after that; and what `work` throws
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interrupted());
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, stop);
  }
}
