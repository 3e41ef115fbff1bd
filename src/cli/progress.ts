import type { Progress } from "../sources/index.js";

/** Milliseconds before anything is shown, and between two looks. */
const QUIET = 700;
const PAUSE = 100;

/**
 * Shows on a terminal how far reading has come: rows, rate and time left. Shows nothing elsewhere, and
 * nothing of what is over at once.
 * @returns what to call after each part, and at the end
 */
export function progressBar(out: NodeJS.WriteStream = process.stderr): {
  onProgress(progress: Progress): void;
  done(): void;
} {
  const start = performance.now();
  let last = start + QUIET - PAUSE;
  let shown = false;
  return {
    onProgress(progress) {
      const now = performance.now();
      if (!out.isTTY || now - last < PAUSE) return;
      last = now;
      shown = true;
      out.write(`\r\x1b[K${progressLine(progress, (now - start) / 1000, out.columns ?? 80)}`);
    },
    done() {
      if (shown) out.write("\r\x1b[K");
    },
  };
}

/** Says on a terminal what is being computed; shows nothing elsewhere. @returns what to call when it is done */
export function progressStep(text: string, out: NodeJS.WriteStream = process.stderr): () => void {
  if (!out.isTTY) return () => {};
  out.write(`\r\x1b[K${text} …`);
  return () => void out.write("\r\x1b[K");
}

/** One line: a bar, rows of how many, rows a second, and the time left at that rate. */
export function progressLine({ rows, total }: Progress, seconds: number, columns: number): string {
  const rate = rows / seconds;
  const left = (total - rows) / rate;
  const text = ` ${short(rows)} of ${short(total)} rows  ${short(rate)} rows/s  ${clock(left)} left`;
  const width = Math.max(0, Math.min(30, columns - text.length - 1));
  const full = Math.round((width * rows) / total);
  return `${"█".repeat(full)}${"░".repeat(width - full)}${text}`.slice(0, columns - 1);
}

const short = (x: number): string =>
  x >= 1e6 ? `${(x / 1e6).toFixed(1)}M` : x >= 1e3 ? `${(x / 1e3).toFixed(1)}k` : x.toFixed(0);

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
