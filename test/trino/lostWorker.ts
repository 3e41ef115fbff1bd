import { describe, expect, test } from "vitest";
import { ask, cluster } from "./cluster.js";

const pause = () => new Promise((wait) => setTimeout(wait, 200));

/** What happens when a worker dies while it works on a query. */
export function lostWorkerSuite(): void {
  describe("a worker of Trino that is killed", () => {
    const LONG = "SELECT count(*), sum(orderkey), sum(linenumber * suppkey) FROM tpch.sf1.lineitem";
    // a question may itself meet the lost worker
    const nodes = () =>
      ask("SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'").then(
        ({ rows }) => rows[0]![0],
        () => null,
      );

    test("gives an error that says so or the whole answer, and the others go on", async () => {
      const whole = (await ask(LONG)).rows;
      const query = ask(LONG).then(
        ({ rows }) => ({ rows }),
        (error) => ({ error }),
      );
      const busy = "SELECT count(DISTINCT node_id) FROM system.runtime.tasks WHERE state = 'RUNNING'";
      while ((await ask(busy)).rows[0]![0] !== 3) await pause();
      process.kill(cluster.workers[0]!, "SIGKILL");
      const outcome = await query;
      if ("rows" in outcome) expect(outcome.rows).toEqual(whole);
      else expect(outcome.error).toMatchObject({ code: "SOURCE", data: { failure: "lost" } });
      while ((await nodes()) !== cluster.workers.length) await pause();
      expect((await ask(LONG)).rows).toEqual(whole);
    });
  });
}
