import { Engine, type Report, type Request } from "./engine.js";

export { judge } from "./judge.js";

/** Joins an engine to whoever posts to it: by a page that may not start a worker, or by `serve`. */
export function connect(post: (report: Report) => void): (request: Request) => void {
  const engine = new Engine(post);
  return (request) => engine.handle(request);
}

/** Answers what is posted to this worker; does nothing in a page. */
export function serve(): void {
  const scope = globalThis as unknown as {
    WorkerGlobalScope?: unknown;
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent<Request>) => void) | null;
  };
  if (scope.WorkerGlobalScope === undefined) return;
  const handle = connect((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => handle(data);
  scope.postMessage({ kind: "ready" });
}
