import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { figure } from "./numbers.js";
import { fromSlider, STEPS, toSlider } from "./scale.js";
import { pairOf } from "./series.js";
import { allows, FIELDS, type Field, type Name, rangeOf, readValue, type State } from "./state.js";
import type { Lab } from "./store.js";

type Of<T extends Field["type"]> = { [N in Name]: (typeof FIELDS)[N]["type"] extends T ? N : never }[Name];

/** A slider and a number box for one number of the state. */
export function NumberControl({ lab, name, most }: { lab: Lab; name: Of<"number">; most?: number }) {
  const field: Extract<Field, { type: "number" }> = FIELDS[name];
  const value = lab.state.value[name];
  const id = `${lab.id}${useId()}`;
  const typed = useSignal<string | null>(null);
  const wrong = typed.value !== null && readValue(field, typed.value) === undefined;
  useEffect(() => {
    // set elsewhere
    if (typed.value !== null && readValue(field, typed.value.trim()) !== value) typed.value = null;
  }, [value]);
  const set = (next: number) => {
    if (allows(field, next)) lab.set(name, next as State[typeof name]);
  };
  const top = most === undefined ? STEPS : toSlider(field, most);
  if (lab.hidden.value.has(name)) return null;
  return (
    <div class="control">
      <label for={`${id}n`} title={field.help}>
        {field.label}
      </label>
      <input
        type="range"
        aria-label={`${field.label}, slider`}
        aria-valuetext={figure(value)}
        min={0}
        max={top}
        step={field.scale === "log" ? 1 : "any"}
        value={toSlider(field, value)}
        onInput={(event) => {
          typed.value = null;
          set(fromSlider(field, Number(event.currentTarget.value)));
        }}
      />
      <input
        id={`${id}n`}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        size={7}
        value={typed.value ?? String(value)}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}e` : undefined}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          const read = readValue(field, typed.value.trim());
          if (typeof read === "number") set(read);
        }}
        onBlur={() => {
          typed.value = null;
        }}
      />
      {wrong ? (
        <span class="wrong" id={`${id}e`}>
          {rangeOf(field)}; it stays at {value}
        </span>
      ) : null}
    </div>
  );
}

export function ChoiceControl({ lab, name, without }: { lab: Lab; name: Of<"choice">; without?: string }) {
  const field: Extract<Field, { type: "choice" }> = FIELDS[name];
  const id = `${lab.id}${useId()}`;
  if (lab.hidden.value.has(name)) return null;
  return (
    <div class="control wide">
      <label for={id} title={field.help}>
        {field.label}
      </label>
      <select
        id={id}
        value={lab.state.value[name]}
        onChange={(event) => lab.set(name, event.currentTarget.value as never)}
      >
        {field.choices
          .filter(([value]) => value !== without)
          .map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
      </select>
    </div>
  );
}

/** A choice among columns, by position. */
export function ColumnSelect({
  label,
  names,
  at,
  onChoose,
}: {
  label: string;
  names: readonly string[];
  at: number;
  onChoose: (at: number) => void;
}) {
  return (
    <label class="column">
      {label}
      <select value={at} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        {names.map((column, i) => (
          <option key={column} value={i}>
            {column}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The choice of a column that the state holds. */
export function ColumnControl({
  lab,
  name,
  names,
}: {
  lab: Lab;
  name: "target" | "first" | "second";
  names: readonly string[];
}) {
  if (lab.hidden.value.has(name)) return null;
  return (
    <ColumnSelect
      label={FIELDS[name].label}
      names={names}
      at={
        name === "target"
          ? Math.min(lab.state.value[name], names.length - 1)
          : pairOf(lab.state.value, names.length)[name === "first" ? 0 : 1]
      }
      onChoose={(at) => lab.set(name, at)}
    />
  );
}

export function SwitchControl({ lab, name }: { lab: Lab; name: Of<"switch"> }) {
  const field = FIELDS[name];
  if (lab.hidden.value.has(name)) return null;
  return (
    <label class="switch" title={field.help}>
      <input
        type="checkbox"
        checked={lab.state.value[name]}
        onChange={(event) => lab.set(name, event.currentTarget.checked)}
      />
      {field.label}
    </label>
  );
}
