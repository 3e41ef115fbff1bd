// Writes dist/types: the declarations of the three ways into the library, with what they need and nothing else.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const ALL = "dist/all-types";

/** What is not exported goes: a program without Node's or DuckDB's types would stumble over theirs. */
export async function buildTypes() {
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", ALL];
  execFileSync(process.execPath, tsc, { stdio: "inherit" });
  const bundle = await rolldown({
    input: Object.fromEntries(
      ["index", "sources/index", "charts/index"].map((name) => [name, `${ALL}/${name}.d.ts`]),
    ),
    external: /^[^./]/,
    plugins: [
      dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false }),
      {
        name: "no-code",
        generateBundle(_, files) {
          for (const name of Object.keys(files)) if (!name.endsWith(".d.ts")) delete files[name];
        },
      },
    ],
  });
  await bundle.write({ dir: "dist/types", chunkFileNames: "[name].ts", minifyInternalExports: false });
  rmSync(ALL, { recursive: true });
}
