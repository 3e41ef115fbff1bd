// Stands in for vitest where a mutant is tried: it collects the tests, for child.mjs to run. Vitest itself takes a
// second to start, for each of thousands of mutants. What is used and not here, fails when the tests run without a mutant.
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import * as chai from "chai";

for (const part of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(part);
export const expect = chai.expect;

const outermost = () => ({ name: "", before: [], after: [], ends: [] });
let groups = [outermost()];
let tests = [];

/** The tests of the file that was loaded last, in order: name, what to run, and the groups around it with their hooks. */
export function taken() {
  const found = tests;
  tests = [];
  groups = [outermost()];
  return found;
}

const body = (args) => args.find((arg) => typeof arg === "function");

function one(name, ...args) {
  const chain = [...groups];
  tests.push({
    name: [...chain.map((group) => group.name), name].filter(Boolean).join(" > "),
    chain,
    run: body(args),
  });
}

function group(name, ...args) {
  groups.push({ name, before: [], after: [], ends: [] });
  body(args)();
  groups.pop();
}

const withTables = (add) =>
  Object.assign(add, {
    each:
      (table) =>
      (name, ...args) => {
        const run = body(args);
        for (const [i, row] of [...table].entries()) {
          const values = Array.isArray(row) ? row : [row];
          add(`${name} #${i + 1}`, () => run(...values));
        }
      },
    skipIf: (skip) => (skip ? () => {} : add),
  });

export const describe = withTables(group);
export const it = withTables(one);
export const test = withTables(one);
export const beforeAll = (hook) => groups.at(-1).before.push({ hook, done: false });
export const afterEach = (hook) => groups.at(-1).after.push(hook);
export const afterAll = (hook) => groups.at(-1).ends.push(hook);
