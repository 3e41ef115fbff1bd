/** Every export is described, in docs/api.md and above its code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { everything, page } from "../../scripts/api.mjs";
import { problems } from "./docstrings.mjs";

const root = join(import.meta.dirname, "../..");
const headings = [...readFileSync(join(root, "docs/api.md"), "utf8").matchAll(/^### (.*)$/gm)].map(
  ([, name]) => name,
);

it("docs/api.md is what the docstrings say; npm run api writes it anew", () => {
  expect(readFileSync(join(root, "docs/api.md"), "utf8")).toBe(page());
});

it("docs/api.md has an entry for every value that the package exports, as Node sees it, and none besides", async () => {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const described = everything.flatMap(({ entry, exported }) =>
    exported
      .filter(({ declaration: { node } }) => !/^TS(Interface|TypeAlias)/.test(node.type))
      .map(({ name }) => `${entry} ${name}`),
  );
  const values: string[] = [];
  for (const [path, { default: file }] of Object.entries<{ default: string }>(exports)) {
    if (file === undefined) continue; // package.json
    const module: Record<string, object> = await import(/* @vite-ignore */ join(root, file));
    for (const [name, value] of Object.entries(module)) {
      const full = `${path.replace(".", "ell2")} ${name}`;
      const isNamespace = described.some((each) => each.startsWith(`${full}.`));
      values.push(...(isNamespace ? Object.keys(value).map((inside) => `${full}.${inside}`) : [full]));
    }
  }
  expect(described.toSorted()).toEqual(values.toSorted());
  const names = everything.flatMap(({ exported }) => exported.map(({ name }) => name));
  expect(headings.toSorted()).toEqual(names.toSorted());
});

it("docstrings say what arguments are, what is returned, which errors are thrown, and the source", () => {
  expect(problems()).toEqual([]);
});
