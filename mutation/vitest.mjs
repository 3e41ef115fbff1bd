// Stands in for vitest where a mutant is tried: it collects the tests, for child.mjs to run. Vitest itself takes a
// second to start, for each of thousands of mutants. What it has not, fails when the tests run without a mutant.
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import * as chai from "chai";

for (const part of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(part);
export const expect = chai.expect;

/** Every test, in order: its file, name, what to run, and the hooks around it. */
export const tests = [];

let groups = [{ name: "", before: [], after: [], ends: [] }];
let file = [];

export function endFile(name) {
  for (const test of file) test.file = name;
  tests.push(...file);
  file = [];
  groups = [{ name: "", before: [], after: [], ends: [] }];
}

const body = (args) => args.find((arg) => typeof arg === "function");

function one(name, ...args) {
  const chain = [...groups];
  file.push({
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
export const test = it;
export const beforeAll = (hook) => groups.at(-1).before.push({ hook, done: false });
export const afterEach = (hook) => groups.at(-1).after.push(hook);
export const afterAll = (hook) => groups.at(-1).ends.push(hook);
