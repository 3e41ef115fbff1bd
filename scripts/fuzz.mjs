// npm run fuzz -- [reader] [--seconds N] [--seed N]: the fuzzers of test/fuzz, for as long as one likes.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./npm.mjs";

process.chdir(root);
const outfile = join(root, "node_modules/.ell2-fuzz/main.mjs");
await build({
  entryPoints: ["test/fuzz/main.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  alias: { ell2: "./src/index.ts" },
  outfile,
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
