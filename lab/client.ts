import engineText from "lab:engine";
import type { Report, Request } from "./engine.js";

/** The engine, wherever it runs. */
export interface Client {
  send(request: Request): void;
  /** Ends the worker; nothing is reported any more. */
  close(): void;
}

const PATIENCE_MS = 5000;

/**
 * Starts the engine in a worker made of its text; where the host forbids that, in the page itself.
 * Requests are kept until it is there.
 */
export function startEngine(onReport: (report: Report) => void): Client {
  const url = URL.createObjectURL(new Blob([engineText], { type: "text/javascript" }));
  let worker: Worker | null = null;
  let deliver: ((request: Request) => void) | null = null;
  let closed = false;
  const kept: Request[] = [];

  const begin = (to: (request: Request) => void) => {
    clearTimeout(timer);
    deliver = to;
    for (const request of kept.splice(0)) to(request);
  };
  const inPage = async () => {
    worker?.terminate();
    worker = null;
    if (deliver !== null || closed) return;
    try {
      const { connect } = (await import(url)) as typeof import("./worker.js");
      if (!closed) begin(connect((report) => !closed && onReport(report)));
    } catch {
      onReport({
        kind: "problem",
        message: "This page does not allow the lab to compute: neither in a worker nor by itself.",
      });
    }
  };
  const timer = setTimeout(inPage, PATIENCE_MS);
  try {
    const started = new Worker(url, { type: "module" });
    worker = started;
    started.onerror = () => void inPage();
    started.onmessage = ({ data }: MessageEvent<Report | { kind: "ready" }>) => {
      if (data.kind === "ready") begin((request) => started.postMessage(request));
      else onReport(data);
    };
  } catch {
    void inPage();
  }

  return {
    send(request) {
      if (deliver === null) kept.push(request);
      else deliver(request);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      worker?.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
