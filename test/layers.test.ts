import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";

/** Each layer may import those before it. */
const LINE = [
  "errors",
  "numbers",
  "kernels",
  "linalg",
  "random",
  "data",
  "model",
  "fit",
  "compare",
  "charts",
  "report",
  "cli",
];

/** What stands beside the line: what it may import, and who may import it. */
const BESIDE: Record<string, { imports: string[]; importedBy: string[] }> = {
  nn: { imports: ["errors", "numbers", "linalg", "random"], importedBy: ["compare", "cli"] },
  sql: { imports: ["errors"], importedBy: ["model", "sources"] },
  sources: { imports: ["errors", "numbers", "sql", "linalg", "data"], importedBy: ["cli"] },
};

/** Modules of the platform, and the layers that may use them. */
const PLATFORM: [pattern: RegExp, layers: string[]][] = [
  [/^node:(child_process|crypto|http|net|url|util|vm|worker_threads)$/, ["cli"]],
  [/^node:(fs|fs\/promises|module|os|path|stream\/promises|zlib)$/, ["cli", "sources"]],
  [/^citty$/, ["cli"]],
  [/^papaparse$/, ["cli", "sources"]],
  [/^(@duckdb\/node-api|pg|pgpass|trino-client)$/, ["sources"]],
  [/^d3-(array|scale)$/, ["charts"]],
];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"));

/** The imports of a source text: of values, of types alone, and dynamic ones. */
function importsOf(from: string, text: string): Import[] {
  const found = text.matchAll(
    /(?:^|\n)(?:import|export)\s+(type\s)?[^;"']*?from\s+"([^"]+)"|import\("([^"]+)"\)/g,
  );
  return [...found].map(([, type, specifier, dynamic]) => ({
    from,
    to: resolve(from, (specifier ?? dynamic)!),
    typeOnly: type !== undefined,
  }));
}

const resolve = (from: string, specifier: string): string =>
  specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts") : specifier;

const layerOf = (file: string): string =>
  file.includes("/") ? file.split("/")[0]! : file.replace(/\.ts$/, "");

/** Why an import may not be, or null. */
function wrong({ from, to }: Import): string | null {
  const layer = layerOf(from);
  if (layer === "index") return null; // the public surface re-exports from everywhere
  if (!to.endsWith(".ts")) {
    const rule = PLATFORM.find(([pattern]) => pattern.test(to));
    return rule?.[1].includes(layer) ? null : `${layer} may not use ${to}`;
  }
  const target = layerOf(to);
  if (target === layer) return null;
  const [side, targetSide] = [BESIDE[layer], BESIDE[target]];
  const allowed = side
    ? side.imports.includes(target)
    : targetSide
      ? targetSide.importedBy.includes(layer)
      : LINE.indexOf(target) >= 0 && LINE.indexOf(target) < LINE.indexOf(layer);
  return allowed ? null : `${layer} may not import ${target}`;
}

const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8")));

describe("the tree", () => {
  it("has no folder without a place in the order", () => {
    const layers = new Set(files.map(layerOf));
    layers.delete("index");
    expect([...layers].filter((layer) => !LINE.includes(layer) && !(layer in BESIDE))).toEqual([]);
  });

  it("imports in one direction", () => {
    expect(imports.length).toBeGreaterThan(100);
    const broken = imports.flatMap((entry) => {
      const reason = wrong(entry);
      return reason === null ? [] : [`${entry.from}: ${reason} (${entry.to})`];
    });
    expect(broken).toEqual([]);
  });

  it("would notice an import against the direction, of the platform, and of the other witness", () => {
    const one = (from: string, text: string) => importsOf(from, text).map(wrong);
    expect(one("data/dataset.ts", 'import { fit } from "../fit/fit.js";')).toEqual([
      "data may not import fit",
    ]);
    expect(one("model/objective.ts", 'import { Tensor } from "../nn/tensor.js";')).toEqual([
      "model may not import nn",
    ]);
    expect(one("fit/fit.ts", 'import { readFileSync } from "node:fs";')).toEqual(["fit may not use node:fs"]);
    expect(one("nn/sgd.ts", 'export { gradient } from "../model/objective.js";')).toEqual([
      "nn may not import model",
    ]);
    expect(one("cli/fit.ts", 'const x = await import("pg");')).toEqual(["cli may not use pg"]);
  });

  it("has a lab that takes the package by its own name, and nothing of its inside", () => {
    const lab = join(root, "../lab");
    const found = readdirSync(lab, { recursive: true, encoding: "utf8" })
      .map((name) => name.replaceAll("\\", "/"))
      .filter((name) => /\.tsx?$/.test(name))
      .flatMap((name) => importsOf(name, readFileSync(join(lab, name), "utf8")).map(({ to }) => to));
    const outside = [...new Set(found.filter((to) => !/\.tsx?$/.test(to) || to.startsWith("..")))].sort();
    expect(outside).toEqual([
      "@codemirror/commands",
      "@codemirror/lang-javascript",
      "@codemirror/language",
      "@codemirror/lint",
      "@codemirror/state",
      "@codemirror/view",
      "@lezer/highlight",
      "@preact/signals",
      "d3-dsv",
      "ell2",
      "ell2/charts",
      "lab:engine",
      "lab:formulas",
      "lab:pytorch",
      "lab:sandbox",
      "lab:style",
      "preact",
      "preact/hooks",
      "uplot",
    ]);
  });

  it("has no circle of files that need each other's values", () => {
    const needs = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) {
      if (!typeOnly && to.endsWith(".ts")) needs.set(from, [...(needs.get(from) ?? []), to]);
    }
    const done = new Set<string>();
    const walk = (file: string, path: string[]): string[] | null => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return null;
      for (const next of needs.get(file) ?? []) {
        const circle = walk(next, [...path, file]);
        if (circle) return circle;
      }
      done.add(file);
      return null;
    };
    expect(files.map((file) => walk(file, [])).find((circle) => circle !== null)).toBeUndefined();
  });

  it("leaves the elementary functions that differ between engines to numbers/", () => {
    const uses = files.filter((file) => {
      const text = readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      return /Math\.(log|exp|sin|cos|tan|pow|log1p|expm1|log2|log10|cbrt|sinh|cosh|tanh|hypot)\b|(?<!\b2n?) \*\* /.test(
        text,
      );
    });
    expect(uses).toEqual([]);
  });
});
