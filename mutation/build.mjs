// One file that holds tests and switched sources: loaded anew for each mutant, in some 50 ms.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "../scripts/npm.mjs";

const STANDIN = join(root, "mutation/vitest.mjs");

// The switches as Stryker writes them count every visit. While mutants run, a constant and a bare comparison do.
const HEADER = `const active = globalThis.ell2Mutation.active;
function hit() { if (++globalThis.ell2Mutation.hits > globalThis.ell2Mutation.limit) throw new Error("endless"); return true; }
`;
const plain = (text) =>
  HEADER +
  text
    .replaceAll(/stryMutAct_9fa48\("(\d+)"\)/g, "(active === $1 && hit())")
    .replaceAll(/stryCov_9fa48\((?:"\d+"(?:, )?)+\)/g, "0");

/**
 * Bundles tests with switched sources.
 * @param counting whether to count which switches each test passes, instead of running fast
 */
export async function bundle(tests, texts, outfile, counting) {
  const loadSwitched = {
    name: "switched",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^vitest$/ }, () => ({ path: STANDIN }));
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = texts.get(relative(root, path).replaceAll("\\", "/"));
        if (text !== undefined) return { contents: counting ? text : plain(text), loader: "ts" };
        const contents = readFileSync(path, "utf8")
          .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
          .replaceAll("import.meta.url", JSON.stringify(`file://${path}`));
        return { contents, loader: "ts" };
      });
    },
  };
  const importing = (file) => `() => import(${JSON.stringify(join(root, file))})`;
  const files = tests.map((file) => `${JSON.stringify(file)}: ${importing(file)}`);
  await build({
    stdin: {
      contents: `export { taken } from "vitest";
export const sources = [${[...texts.keys()].map(importing)}];
export const files = { ${files} };`,
      resolveDir: root,
      loader: "js",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    plugins: [loadSwitched],
    logLevel: "warning",
  });
}
