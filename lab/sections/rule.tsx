import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { checkRule } from "../rule.js";
import { RULES } from "../rules.js";
import type { EditorProps, Lab } from "../store.js";
import { type Verdict, verdictOf } from "../verdict.js";

const LABEL = "Your rule, in JavaScript";

export function RuleSection({ lab }: { lab: Lab }) {
  const text = useSignal(RULES[0]![1]);
  const verdict = useSignal<Verdict | null>(null);
  const busy = useSignal(false);
  const running = useRef<AbortController | null>(null);
  const room = useRef<HTMLDivElement>(null);
  useEffect(() => () => running.current?.abort(), []);
  const write = (next: string) => {
    if (next === text.value) return;
    running.current?.abort();
    text.value = next;
    verdict.value = null;
    busy.value = false;
  };
  const check = () => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    busy.value = true;
    verdict.value = null;
    lab.status.value = "Checking.";
    const checked = text.value;
    checkRule(room.current!, checked, stop.signal).then(
      (outcome) => {
        if (stop.signal.aborted) return;
        busy.value = false;
        verdict.value = verdictOf(outcome, checked);
        lab.status.value = spoken(verdict.value);
      },
      (error) => {
        if (!stop.signal.aborted) lab.problem.value = `A fault in the lab: ${String(error)}`;
      },
    );
  };
  const Editor = lab.editor;
  const area = <TextArea lab={lab} text={text} write={write} />;
  return (
    <section aria-labelledby={lab.place("rule")}>
      <h2 id={lab.place("rule")}>Your own rule</h2>
      <p>
        A step of training is one function, which the notebook writes last. Write it yourself: it changes{" "}
        <code>this.w</code> and <code>this.b</code>, in place or by assigning, and reads{" "}
        <code>this.lambda</code>. It is held against the reference for 11 steps on three small data sets, and
        where it parts you are told where, and why if that is known.
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend to be seen */}
      <div class="buttons" role="group" aria-label="Rules to try">
        {RULES.map(([label, rule]) => (
          <button type="button" key={label} aria-pressed={text.value === rule} onClick={() => write(rule)}>
            {label}
          </button>
        ))}
      </div>
      <div class="code">
        {Editor === null ? (
          area
        ) : (
          <Editor label={LABEL} text={text} verdict={verdict} write={write}>
            {area}
          </Editor>
        )}
      </div>
      <div class="buttons">
        <button type="button" class="main" onClick={check}>
          Check
        </button>
      </div>
      {busy.value ? <p class="note">Checking …</p> : null}
      {verdict.value === null ? null : <Words verdict={verdict.value} text={text.value} />}
      <p class="note">
        The rule runs in a closed room: it reaches neither this page nor its storage nor the network, and is
        stopped after 2 seconds.
      </p>
      <div ref={room} hidden />
    </section>
  );
}

function TextArea({ lab, text, write }: { lab: Lab } & Pick<EditorProps, "text" | "write">) {
  const id = `${lab.id}${useId()}`;
  return (
    <>
      <label for={id}>{LABEL}</label>
      <textarea
        id={id}
        rows={12}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        value={text.value}
        onInput={(event) => write(event.currentTarget.value)}
      />
    </>
  );
}

function Words({ verdict: { ok, message, line, details, slips }, text }: { verdict: Verdict; text: string }) {
  return (
    <div class={ok ? "verdict" : "verdict over"} data-testid="verdict">
      <p>
        <strong>{message}</strong>
      </p>
      {line === null ? null : (
        <p>
          Line {line}: <code>{text.split("\n")[line - 1]?.trim()}</code>
        </p>
      )}
      {slips.length > 0 ? (
        <>
          <p>Likely {slips.length > 1 ? "two slips" : "the slip"}:</p>
          {slips.map(({ name, wrong, mend }) => (
            <p key={name}>
              <strong>{name}</strong>: {wrong}. To mend it: {mend}.
            </p>
          ))}
        </>
      ) : null}
      {details.map((detail) => (
        <p class="note" key={detail}>
          {detail}
        </p>
      ))}
    </div>
  );
}

const spoken = ({ message, line, slips }: Verdict): string =>
  [
    message,
    ...(line === null ? [] : [`Line ${line}.`]),
    ...slips.map(({ name, mend }) => `${name}. To mend it: ${mend}.`),
  ].join(" ");
