import { checkUpdate, type UpdateCheck, type UpdateRule } from "ell2";

/** What is said of a rule from where it runs. */
export type Said =
  /** Its text begins to run: its time counts from here. */
  | { kind: "begun" }
  /** The check, and the line of the whole text in which the rule threw. */
  | { kind: "check"; check: UpdateCheck; line: number | null }
  /** The text does not run, or fails outside of the rule. */
  | { kind: "unloadable"; message: string; line: number | null };

const FORM = "there is no rule in it: write function update(x, yTrue, yPred, lr)";

/**
 * Checks the rule of the text that follows this one, once that has run, and posts what there is to say. The rule is
 * left without a way to post anything itself.
 * @param ruleOf gives what the text calls `update`
 * @param before lines that stand before the rule's own
 */
export function judge(ruleOf: () => unknown, before: number): void {
  const scope = globalThis as unknown as { postMessage?: (said: Said) => void };
  const say = scope.postMessage!.bind(scope);
  delete scope.postMessage;
  setTimeout(() => {
    const rule = ruleOf();
    if (typeof rule !== "function") {
      say({ kind: "unloadable", message: FORM, line: null });
      return;
    }
    const check = checkUpdate(rule as UpdateRule);
    const { problem } = check;
    // what was thrown may be something that cannot be posted
    const told = problem && { kind: problem.kind, message: problem.message };
    say({ kind: "check", check: { ...check, problem: told }, line: lineOf(problem?.cause, before) });
  }, 0);
  say({ kind: "begun" });
}

/** The innermost line of a stack that is the rule's own. */
function lineOf(cause: unknown, before: number): number | null {
  const stack = cause instanceof Error ? String(cause.stack) : "";
  const lines = [...stack.matchAll(/:(\d+):\d+\)?$/gm)].map(([, line]) => Number(line));
  return lines.find((line) => line > before) ?? null;
}
