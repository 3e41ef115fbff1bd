/** What needs the built package: threads are files of their own. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { put, root, temporaryFolder } from "./help.js";

const cwd = temporaryFolder();

it("MomentStream has the same bits with another thread, also when that comes and goes", () => {
  const library = pathToFileURL(join(root, "dist/index.js")).href;
  put(
    cwd,
    "stream.mjs",
    `import { MomentStream, random, startThreads, stopThreads } from ${JSON.stringify(library)};
    const numpy = new random.NumPy(14);
    const columns = Array.from({ length: 5 }, () => numpy.standardNormal(300_001));
    const bits = async (between) => {
      const stream = new MomentStream(["a", "b", "c"], ["y"], false);
      for (let from = 0; from < 300_001; from += 2048) {
        stream.add(columns.slice(0, 4).map((column) => column.subarray(from)), Math.min(2048, 300_001 - from));
        await between(from / 2048);
      }
      return JSON.stringify(stream.moments());
    };
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const alone = await bits(() => {});
    const threads = await startThreads(2);
    const together = await bits(() => {});
    const slow = await bits((i) => i % 30 === 0 && pause(60));
    const left = await bits((i) => i === 70 && stopThreads());
    console.log(JSON.stringify([threads, alone === together, alone === slow, alone === left]));`,
  );
  const printed = execFileSync(process.execPath, [join(cwd, "stream.mjs")], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(JSON.parse(printed)).toEqual([2, true, true, true]);
});
