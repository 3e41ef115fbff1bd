// What is measured: the list, in the order of the table.
//
// A workload has a `name`; the ratio that it should reach `atLeast`; which peers it `needs`; and
// `run(context)`, which resolves to
//   {ell2, peer}         median seconds, of processor time where the name says so
//   peerName             the peer, its version, and in which form it ran
//   agreement            {error, tolerance}: how far the two results are apart, and how far they may be
//   work                 {bytes, flops, threads?}: what the machine must at least do, for the limit
import { cold } from "./cold.mjs";
import { files } from "./files.mjs";
import { grams } from "./gram.mjs";
import { notebook } from "./notebook.mjs";
import { ols } from "./ols.mjs";
import { ridges } from "./ridge.mjs";
import { trainings } from "./training.mjs";

export const workloads = [...notebook, cold, ...files, ...trainings, ...ridges, ols, ...grams];
