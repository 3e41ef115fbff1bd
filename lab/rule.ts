import sandbox from "lab:sandbox";
import type { UpdateCheck } from "ell2";
import type { Passed } from "./sandbox.js";

/** What came of a rule; lines count from 1, in its own text. */
export type Outcome =
  | { kind: "check"; check: UpdateCheck; line: number | null }
  | { kind: "unloadable"; message: string; line: number | null }
  | { kind: "too long"; seconds: number }
  /** The host lets no such document or worker run. */
  | { kind: "forbidden" };

const RULE_SECONDS = 2;
const START_MS = 5000;
/** Where the page stood still, answers that wait are heard first. */
const GRACE_MS = 100;

/**
 * Checks a rule in a worker of a document that has no origin, no network and no way to the page, and takes that out
 * again: when it has answered, after its time, or when it is stopped.
 * @param box where the document is put; nothing of it is seen
 * @param text of the rule, a script with `function update`
 */
export async function checkRule(box: HTMLElement, text: string, stop: AbortSignal): Promise<Outcome> {
  const { default: engine } = await import("lab:engine");
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = "where the rule runs";
  frame.hidden = true;
  frame.srcdoc = sandbox;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<Outcome>((done, fail) => {
      stop.addEventListener("abort", () => fail(stop.reason));
      stop.throwIfAborted();
      const within = (ms: number, otherwise: Outcome) => {
        clearTimeout(timer);
        timer = setTimeout(() => setTimeout(done, GRACE_MS, otherwise), ms);
      };
      frame.onload = () => {
        const { port1, port2 } = new MessageChannel();
        const [script, before] = scriptOf(engine, text);
        const own = (line: number | null | undefined) => (line && line > before ? line - before : null);
        port1.onmessage = ({ data }: MessageEvent<Passed>) => {
          if (data.kind === "ready") return;
          if (data.kind === "failed") done(failed(data, own(data.line)));
          else if (data.said.kind === "begun") {
            within(1000 * RULE_SECONDS, { kind: "too long", seconds: RULE_SECONDS });
          } else done({ ...data.said, line: own(data.said.line) });
        };
        frame.contentWindow!.postMessage(script, "*", [port2]);
      };
      within(START_MS, { kind: "forbidden" });
      box.append(frame);
    });
  } finally {
    clearTimeout(timer);
    frame.remove();
  }
}

/** What the worker runs, and how many lines of it stand before the rule's own. */
function scriptOf(engine: string, text: string): [script: string, before: number] {
  const head = (before: number) =>
    `(ruleOf => {${engine}\nell2.judge(ruleOf, ${before})})(() => typeof update === "undefined" ? undefined : update);\n`;
  const before = head(0).split("\n").length - 1;
  // a worker without an origin is no module
  const script = text.replace(/^export (default )?(?=(async )?function\b|const\b|let\b)/gm, (word) =>
    " ".repeat(word.length),
  );
  return [head(before) + script, before];
}

const failed = ({ message }: { message?: string }, line: number | null): Outcome =>
  message ? { kind: "unloadable", message: message.replace(/^Uncaught /, ""), line } : { kind: "forbidden" };
