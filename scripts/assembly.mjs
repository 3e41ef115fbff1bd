// Compiles assembly/ to WebAssembly, inlined as text in src/kernels. --check: compares instead of writing.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { root } from "./npm.mjs";

const OPTIONS = [
  ...["--runtime", "stub", "--enable", "simd", "-O3", "--noAssert", "--converge"],
  ...["--initialMemory", "1", "--baseDir", root, "--outFile", "kernels.wasm"],
];

/** The module, as bytes. */
async function compile() {
  let binary = null;
  const { error, stderr } = await asc.main(["assembly/index.ts", ...OPTIONS], {
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) binary = contents;
    },
  });
  if (error || binary === null) throw new Error(`${error?.message ?? "no module"}\n${stderr.toString()}`);
  return Buffer.from(binary);
}

const binary = await compile();
const texts = {
  "src/kernels/wasmModule.ts": `// Written by scripts/assembly.mjs from assembly/: ${binary.length} bytes of WebAssembly.
export const WASM =
  "${binary.toString("base64")}";
`,
};

const stale = Object.entries(texts).filter(([file, text]) => {
  if (!process.argv.includes("--check")) writeFileSync(join(root, file), text);
  return readFileSync(join(root, file), "utf8") !== text;
});
for (const [file] of stale) process.stdout.write(`${file} is out of date: run node scripts/assembly.mjs\n`);
process.exit(stale.length > 0 ? 1 : 0);
