import { defineCommand } from "citty";
import type { Check } from "../compare/check.js";
import { verify as verifyTraces } from "../compare/verify.js";
import { print, table, toJson } from "./output.js";
import { readTraces, version } from "./package.js";

export const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Replay every recorded trace of PyTorch, scikit-learn and NumPy, and certify",
  },
  args: { json: { type: "boolean", description: "print one JSON document" } },
  run({ args }) {
    const certificate = verifyTraces(readTraces());
    const versions = { ell2: version, node: process.versions.node };
    if (args.json) {
      print(toJson({ verdict: certificate.ok ? "holds" : "fails", versions, traces: certificate.traces }));
    } else {
      for (const { name, about, versions: recorder, checks } of certificate.traces) {
        const { torch, scikitLearn, numpy, python } = recorder;
        print(`${name}: ${about}`);
        print(
          `  recorded with PyTorch ${torch}, scikit-learn ${scikitLearn}, NumPy ${numpy}, Python ${python}`,
        );
        print(table(checks.map(row), "    "));
      }
      const misses = certificate.traces.filter(({ ok }) => !ok).map(({ name }) => name);
      const outcome = certificate.ok
        ? `certificate holds: ${certificate.traces.length} traces, every error within its bound`
        : `certificate fails: ${misses.join(", ")}`;
      print(`ell2 ${version}, Node ${process.versions.node}: ${outcome}`);
    }
    if (!certificate.ok) process.exitCode = 1;
  },
});

function row({ what, unit, error, bound, ok }: Check): string[] {
  const counted = unit === "mismatches" || unit === "epoch";
  const size = counted ? String(error) : error.toPrecision(2);
  const limit = bound === null ? "reported" : `${ok ? "≤" : ">"} ${bound}`;
  return [what, unit, size, limit, ok ? "ok" : "MISS"];
}
