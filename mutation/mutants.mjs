// The mutants of a folder, made by Stryker's operators: every change stands behind a switch, so that one build holds all.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { root } from "../scripts/npm.mjs";

/** What is changed, and the tests that are asked: those that mirror it, and the recorded traces. */
export const FOLDERS = {
  linalg: { source: folder("linalg"), tests: tests("linalg") },
  random: { source: folder("random"), tests: [...tests("random"), "test/compare/golden.test.ts"] },
  data: {
    source: ["src/kernels/moments.ts", "src/data/moments.ts"],
    tests: ["test/data/moments.test.ts", "test/data/momentStream.test.ts"],
  },
  model: {
    source: folder("model"),
    // the loop over batches is model's, and fit's tests run it
    tests: [
      ...tests("model"),
      "test/fit/fit.test.ts",
      "test/fit/trajectory.test.ts",
      "test/compare/golden.test.ts",
    ],
  },
  fit: { source: folder("fit"), tests: [...tests("fit"), "test/compare/golden.test.ts"] },
};

function folder(name) {
  return readdirSync(join(root, "src", name))
    .sort()
    .map((file) => `src/${name}/${file}`);
}

// these measure memory and call Python: they say nothing that the others do not, and take seconds
function tests(name) {
  return readdirSync(join(root, "test", name))
    .filter((file) => file.endsWith(".test.ts") && !/memory|Live/.test(file))
    .sort()
    .map((file) => `test/${name}/${file}`);
}

/** Files whose texts are the product; elsewhere a text is the name of a function, an option or a word of a message. */
const WRITERS = /^src\/model\/(export|save|safetensors|onnx|protobuf|readModel|json)/;

/**
 * That something is thrown counts, and what its condition is; what it says does not: the words are read by people, and a
 * test of every word would only repeat them. So what is thrown stays as it is, and so do the texts of an Ell2Error.
 */
const words = {
  shouldIgnore(path) {
    const error = path.parentPath?.parentPath;
    const text =
      path.isObjectProperty() &&
      error?.isNewExpression() &&
      error.node.callee.name === "Ell2Error" &&
      /^(where|expected|got|remedy)$/.test(path.node.key.name);
    return text || path.parentPath?.isThrowStatement() ? "words of an error" : undefined;
  },
};

const silent = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };

/** The mutants of some files, and the files' texts with every change behind its switch. */
export async function mutantsOf(source) {
  const files = source.map((name) => ({
    name,
    mutate: true,
    content: readFileSync(join(root, name), "utf8"),
  }));
  const options = { plugins: null, ignorers: [words], excludedMutations: [] };
  const { files: switched, mutants } = await new Instrumenter(silent).instrument(files, options);
  const counted = mutants.filter(
    ({ fileName, mutatorName, status }) =>
      status !== "Ignored" && (mutatorName !== "StringLiteral" || WRITERS.test(fileName)),
  );
  return { texts: new Map(switched.map(({ name, content }) => [name, content])), mutants: counted };
}
