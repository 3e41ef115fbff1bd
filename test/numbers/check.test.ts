import { describe, expect, test } from "vitest";
import { Ell2Error, type ErrorCode } from "../../src/errors.js";
import {
  checkBoolean,
  checkInteger,
  checkNonNegative,
  checkNumber,
  checkOptions,
  checkPositive,
  show,
} from "../../src/numbers/check.js";
import { refuses } from "../nn/help.js";

const noNumbers = [undefined, null, "1", "", true, [1], {}, 1n, () => 1, Symbol("one"), new Date(0)];

describe("checkNumber, checkPositive, checkNonNegative, checkInteger", () => {
  const checks = {
    checkNumber: (value: unknown) => checkNumber("f", "x", value, "", () => true),
    checkPositive: (value: unknown) => checkPositive("f", "x", value),
    checkNonNegative: (value: unknown) => checkNonNegative("f", "x", value),
    checkInteger: (value: unknown) => checkInteger("f", "x", value, -5),
  };

  test.each(Object.entries(checks))("%s refuses NaN, infinities and whatever is no number", (_, check) => {
    for (const value of [Number.NaN, Infinity, -Infinity, ...noNumbers]) {
      refuses(() => check(value), "VALUE", /^f: expected x to be /);
    }
    expect(check(3)).toBe(3);
  });

  test("checkNumber gives the value back where the condition holds, and names the range where it does not", () => {
    expect(checkNumber("f", "share", 0.5, "in [0, 1]", (x) => x <= 1)).toBe(0.5);
    const above = () => checkNumber("f", "share", 1.5, "in [0, 1]", (x) => x <= 1);
    refuses(above, "VALUE", /^f: expected share to be a finite number in \[0, 1\], got 1\.5$/);
  });

  test("checkPositive starts above 0, checkNonNegative at 0", () => {
    expect(checkPositive("f", "x", Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
    for (const value of [0, -0, -1]) refuses(() => checkPositive("f", "x", value), "VALUE", /> 0/);
    expect(checkNonNegative("f", "x", 0)).toBe(0);
    refuses(() => checkNonNegative("f", "x", -Number.MIN_VALUE), "VALUE", /≥ 0/);
  });

  test("checkInteger takes whole numbers from the least up to 2⁵³ − 1", () => {
    expect(checkInteger("f", "n", 2, 2)).toBe(2);
    expect(checkInteger("f", "n", Number.MAX_SAFE_INTEGER, 2)).toBe(Number.MAX_SAFE_INTEGER);
    for (const value of [1, 2.5, 2 ** 53, 1e300])
      refuses(() => checkInteger("f", "n", value, 2), "VALUE", /≥ 2/);
  });
});

test("checkBoolean takes true and false alone", () => {
  expect([checkBoolean("f", "on", true), checkBoolean("f", "on", false)]).toEqual([true, false]);
  for (const value of [0, 1, "true", undefined, null]) {
    refuses(() => checkBoolean("f", "on", value), "VALUE", /on to be true or false/);
  }
});

describe("checkOptions", () => {
  test("checkOptions refuses a misspelt option and lists those that exist", () => {
    checkOptions("f", {}, ["rate"]);
    checkOptions("f", { rate: undefined }, ["rate", "size"]);
    refuses(
      () => checkOptions("f", { rats: 1 }, ["rate", "size"]),
      "OPTION",
      /"rats"; the options are rate, size/,
    );
    refuses(() => checkOptions("f", { rate: 1, Rate: 1 }, ["rate"]), "OPTION", /"Rate"/);
  });

  test("checkOptions refuses names of the prototype and what is no object", () => {
    for (const name of ["toString", "constructor", "__proto__"]) {
      refuses(() => checkOptions("f", JSON.parse(`{"${name}": 1}`), ["rate"]), "OPTION");
    }
    for (const options of [null, undefined, 1, "rate", true, [], [1]]) {
      refuses(() => checkOptions("f", options, ["rate"]), "OPTION", /an object of options/);
    }
  });
});

test.each<[unknown, string]>([
  ["text", '"text"'],
  ["x".repeat(70), `"${"x".repeat(57)}…"`],
  [12n, "12n"],
  [-0, "-0"],
  [0, "0"],
  [Number.NaN, "NaN"],
  [[1, 2], "an array of 2"],
  [() => 1, "a function"],
  [{}, "an object (Object)"],
  [Object.create(null), "an object (no prototype)"],
  [new Map(), "an object (Map)"],
  [null, "null"],
  [undefined, "undefined"],
  [Symbol("s"), "Symbol(s)"],
])("show(%o) is %s", (value, text) => expect(show(value)).toBe(text));

test("new Ell2Error makes its message of where, expected, got and remedy, and keeps the fields", () => {
  const error = new Ell2Error("SHAPE", {
    where: "f",
    expected: "a",
    got: "b",
    remedy: "c",
    data: { rows: 1 },
  });
  expect(error.message).toBe("f: expected a, got b; c");
  expect(error.name).toBe("Ell2Error");
  expect(error).toBeInstanceOf(Error);
  const { code, where, expected, got, remedy, data } = error;
  expect({ code, where, expected, got, remedy, data }).toEqual({
    code: "SHAPE" satisfies ErrorCode,
    where: "f",
    expected: "a",
    got: "b",
    remedy: "c",
    data: { rows: 1 },
  });
  const short = new Ell2Error("VALUE", { where: "f", expected: "a" });
  expect(short.message).toBe("f: expected a");
  expect(short.data).toEqual({});
});
