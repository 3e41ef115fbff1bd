/**
 * The script of the sandboxed document: starts a worker of the text that the page gives it, and passes on what that
 * says through the port that came with the text. scripts/lab.mjs writes the document around it.
 */
import type { Said } from "./judge.js";

/** What the page is answered. */
export type Passed =
  | { kind: "ready" }
  | { kind: "said"; said: Said }
  /** Without a message: no worker may be started here. */
  | { kind: "failed"; message?: string; line?: number };

addEventListener("message", function begin({ source, data, ports: [port] }: MessageEvent<string>) {
  if (source !== parent) return;
  removeEventListener("message", begin);
  const pass = (passed: Passed) => port!.postMessage(passed);
  pass({ kind: "ready" });
  try {
    const worker = new Worker(URL.createObjectURL(new Blob([data])));
    worker.onmessage = ({ data: said }: MessageEvent<Said>) => pass({ kind: "said", said });
    worker.onerror = ({ message, lineno }) => {
      worker.terminate();
      pass({ kind: "failed", message, line: lineno });
    };
  } catch {
    pass({ kind: "failed" });
  }
});
