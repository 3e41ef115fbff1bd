export { Adam, type AdamOptions, AdamW } from "./adam.js";
export type { Parameters, ParamGroup } from "./optimizer.js";
export { SGD, type SGDOptions } from "./sgd.js";
