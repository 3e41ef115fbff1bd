import { Engine, type Report, type Request } from "./engine.js";

export { judge } from "./judge.js";

/** An engine that posts: for a page that may not start a worker, and for `serve`. */
export const connect = (post: (report: Report) => void): Engine => new Engine(post);

/** Answers what is posted to this worker; does nothing in a page. */
export function serve(): void {
  const scope = globalThis as unknown as {
    WorkerGlobalScope?: unknown;
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent<Request>) => void) | null;
  };
  if (scope.WorkerGlobalScope === undefined) return;
  const engine = connect((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => engine.handle(data);
  scope.postMessage({ kind: "ready" });
}
