import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { json, program, root } from "../cli/help.js";

/** Put there by `npm install --prefix test/nodes`, as .ci/run does; npm test alone goes without. */
const nodes = ["node20", "node22", "node24"].map((name) => ({
  name,
  path: join(root, "test/nodes/node_modules", name, "bin/node"),
}));
const COMPUTE = `
  import * as ell2 from ${JSON.stringify(join(root, "dist/index.js"))};
  import { compute } from ${JSON.stringify(join(root, "test/browser/compute.mjs"))};
  console.log(JSON.stringify({ version: process.versions.node, hashes: await compute(ell2) }));`;

const print = (node: string, args: readonly string[]): string => {
  const { stdout, stderr, status } = spawnSync(node, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  expect(status, stderr).toBe(0);
  return stdout;
};
const computed = (node: string): { version: string; hashes: Record<string, string> } =>
  JSON.parse(print(node, ["--input-type=module", "--eval", COMPUTE]));

/** The hashes that docs/reliability.md shows. */
const shown = Object.fromEntries(
  [
    ...readFileSync(join(root, "docs/reliability.md"), "utf8").matchAll(
      /^\| (.*?) +\| `([0-9a-f]{64})` \|$/gm,
    ),
  ].map(([, name, hash]) => [name!, hash!]),
);

describe("for the same seed", () => {
  it("this Node computes the bits that docs/reliability.md shows", () => {
    expect(computed(process.execPath).hashes).toEqual(shown);
  });

  for (const { name, path } of nodes) {
    it.skipIf(!existsSync(path))(`${name} computes the same bits as every other engine`, () => {
      const { version, hashes } = computed(path);
      expect(`node${version.split(".")[0]}`).toBe(name);
      expect(hashes).toEqual(shown);
      process.stdout.write(`Node ${version}: notebook ${hashes.notebook}\n`);
    });

    it.skipIf(!existsSync(path))(`${name} prints the same of the notebook`, () => {
      interface Run {
        versions: unknown;
      }
      const { versions: _, ...here } = json<Run>(["run"]);
      const { versions: __, ...there } = JSON.parse(print(path, [program, "run", "--json"])) as Run;
      expect(there).toEqual(here);
    });
  }
});
