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
  const kept: Request[] = [];
  let closed = false;
  let deliver: ((request: Request) => void) | null = null;
  let end = () => {};
  const report = (of: Report) => {
    if (!closed) onReport(of);
  };
  const begin = (to: (request: Request) => void) => {
    deliver = to;
    for (const request of kept.splice(0)) to(request);
  };
  void import("lab:engine").then(({ default: text }) => {
    if (!closed) end = start(text, begin, report);
  });
  return {
    send(request) {
      if (deliver === null) kept.push(request);
      else deliver(request);
    },
    close() {
      closed = true;
      end();
    },
  };
}

/** Starts the engine's text; returns what ends it. */
function start(
  text: string,
  begin: (to: (request: Request) => void) => void,
  report: (of: Report) => void,
): () => void {
  const module = `${text}\nell2.serve();\nexport const { connect } = ell2;`;
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  let worker: Worker | null = null;
  let begun = false;
  let ended = false;
  let stop = () => {};
  const inPage = async () => {
    worker?.terminate();
    worker = null;
    clearTimeout(timer);
    if (begun) return;
    begun = true;
    try {
      const { connect } = (await import(url)) as typeof import("./worker.js");
      if (ended) return;
      const engine = connect(report);
      stop = () => engine.end();
      begin((request) => engine.handle(request));
    } catch {
      const message = "This page does not allow the lab to compute: neither in a worker nor by itself.";
      report({ kind: "problem", message });
    }
  };
  const timer = setTimeout(inPage, PATIENCE_MS);
  try {
    const started = new Worker(url, { type: "module" });
    worker = started;
    started.onerror = () => void inPage();
    started.onmessage = ({ data }: MessageEvent<Report | { kind: "ready" }>) => {
      if (data.kind !== "ready") report(data);
      else if (!begun) {
        begun = true;
        clearTimeout(timer);
        begin((request) => started.postMessage(request));
      }
    };
  } catch {
    void inPage();
  }
  return () => {
    ended = true;
    clearTimeout(timer);
    worker?.terminate();
    stop();
    URL.revokeObjectURL(url);
  };
}
