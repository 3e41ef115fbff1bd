/** The Trino that `npm run test:trino` has started. */
import type { Answer, EngineOptions } from "../../src/sources/engine.js";
import { withEngine } from "../../src/sources/withEngine.js";

export interface Cluster {
  /** For user ell2, who needs no password. */
  url: string;
  /** Where ann has the password s3cret, and nobody else one; `bob` may see no table. */
  tlsUrl: string;
  /** The path of the certificate by which that server is known. */
  certificate: string;
  /** The workers' processes. */
  workers: number[];
}

const started = process.env.ELL2_TRINO_CLUSTER;
if (started === undefined) throw new Error("these tests need the Trino that npm run test:trino starts");
export const cluster = JSON.parse(started) as Cluster;

/** What Trino answers to one statement. */
export const ask = (sql: string, options: EngineOptions = {}, address = cluster.url): Promise<Answer> =>
  withEngine(address, options, (engine) => engine.query(sql));
