import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRESETS } from "../../lab/presets.js";
import { fromSlider, STEPS, toSlider } from "../../lab/scale.js";
import {
  allows,
  decodeState,
  defaults,
  encodeState,
  FIELDS,
  type Field,
  NAMES,
  type State,
} from "../../lab/state.js";

const anyOf = (field: Field): fc.Arbitrary<unknown> => {
  if (field.type === "switch") return fc.boolean();
  if (field.type === "choice") return fc.constantFrom(...field.choices.map(([value]) => value));
  return field.whole
    ? fc.integer({ min: field.min, max: field.max })
    : fc.double({ min: field.min, max: field.max, noNaN: true }).map((x) => x + 0);
};
const states = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, anyOf(FIELDS[name])])),
) as unknown as fc.Arbitrary<State>;

describe("the lab's state", () => {
  it("comes back from its link to the last digit", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(decodeState(encodeState(state))).toEqual({ state, problems: [] });
      }),
    );
  });

  it("is nothing in a link where nothing was changed", () => {
    expect(encodeState(defaults())).toBe("");
    expect(decodeState("")).toEqual({ state: defaults(), problems: [] });
  });

  it("keeps the default of what a link gets wrong, and says so", () => {
    const { state, problems } = decodeState("l=-1&r=0x10&b=2.5&o=lbfgs&z=yes&q=&u=1&nonsense=1&s=7&s=8&t=20");
    expect(state).toEqual({ ...defaults(), seed: 7, epochs: 20 });
    expect(problems).toHaveLength(9);
    expect(problems[0]).toBe('λ, weight decay: "-1" is not a number from 0 to 1000');
    expect(problems.at(-1)).toBe("Seed: given twice");
  });

  it("is always one that can be, whatever the link", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.string())), (text, pairs) => {
        const link = `${text}&${new URLSearchParams(pairs.map(([name, value]) => [FIELDS[name].key, value]))}`;
        const { state } = decodeState(link);
        for (const name of NAMES) expect(allows(FIELDS[name], state[name])).toBe(true);
      }),
    );
  });

  it("has a key, a label and help for every setting, each key once", () => {
    const fields = NAMES.map((name) => FIELDS[name]);
    expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length);
    for (const { label, help } of fields) expect(label.length * help.length).toBeGreaterThan(0);
  });

  it("has defaults and presets that are within the ranges", () => {
    for (const { set } of [{ set: defaults() }, ...Object.values(PRESETS)]) {
      for (const [name, value] of Object.entries(set))
        expect(allows(FIELDS[name as keyof State], value), name).toBe(true);
    }
  });
});

describe("a slider", () => {
  const numbers = NAMES.map((name) => FIELDS[name]).filter((field) => field.type === "number");

  it.each(numbers.map((field) => [field.label, field] as const))(
    "%s: reaches both ends, and only what is allowed",
    (_, field) => {
      expect(fromSlider(field, 0)).toBe(field.min);
      expect(fromSlider(field, STEPS)).toBe(field.max);
      for (let place = 0; place <= STEPS; place++) expect(allows(field, fromSlider(field, place))).toBe(true);
    },
  );

  it.each(numbers.map((field) => [field.label, field] as const))(
    "%s: stands where its value is",
    (_, field) => {
      for (let place = 0; place <= STEPS; place += 7) {
        const value = fromSlider(field, place);
        expect(fromSlider(field, toSlider(field, value))).toBe(value);
      }
    },
  );
});
