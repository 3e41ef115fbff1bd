// One file that holds tests and switched sources: loaded anew for each mutant, in some 50 ms.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "../scripts/npm.mjs";

const STANDIN = join(root, "mutation/vitest.mjs");

// Stryker writes a switch and a count at every place, as calls. In inner loops a comparison and an addition do.
const COUNTING = `const visits = globalThis.ell2Mutation.visits;
const active = -1;
`;
const RUNNING = `const active = globalThis.ell2Mutation.active;
function hit() { if (++globalThis.ell2Mutation.hits > globalThis.ell2Mutation.limit) throw new Error("endless"); return true; }
`;
const PLACE = /stryCov_9fa48\(((?:"\d+"(?:, )?)+)\)/g;

function inline(text, counting) {
  const add = (_, ids) => `(${ids.replaceAll(/"(\d+)"/g, "visits[$1]++")})`;
  const switched = text.replaceAll(
    /stryMutAct_9fa48\("(\d+)"\)/g,
    counting ? "(active === $1)" : "(active === $1 && hit())",
  );
  return counting ? COUNTING + switched.replaceAll(PLACE, add) : RUNNING + switched.replaceAll(PLACE, "0");
}

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
        if (text !== undefined) return { contents: inline(text, counting), loader: "ts" };
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
