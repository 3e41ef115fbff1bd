export { Adam, type AdamOptions, AdamW } from "./adam.js";
export type { ParamGroup, Params } from "./optimizer.js";
export { SGD, type SGDOptions } from "./sgd.js";
