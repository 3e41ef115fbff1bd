import { Engine, type Report, type Request } from "./engine.js";

/** An engine that posts; called by the worker itself, or by a page that may not start one. */
export const connect = (post: (report: Report) => void): Engine => new Engine(post);

const scope = globalThis as unknown as {
  WorkerGlobalScope?: unknown;
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};
if (scope.WorkerGlobalScope !== undefined) {
  const engine = connect((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => engine.handle(data);
  scope.postMessage({ kind: "ready" });
}
