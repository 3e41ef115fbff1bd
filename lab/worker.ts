import { Engine, type Report, type Request } from "./engine.js";

/** Joins an engine to whoever posts to it; called by the worker itself, or by a page that may not start one. */
export function connect(post: (report: Report) => void): (request: Request) => void {
  const engine = new Engine(post);
  return (request) => engine.handle(request);
}

const scope = globalThis as unknown as {
  WorkerGlobalScope?: unknown;
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};
if (scope.WorkerGlobalScope !== undefined) {
  const handle = connect((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => handle(data);
  scope.postMessage({ kind: "ready" });
}
