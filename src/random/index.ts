export { NumPy } from "./numpy.js";
export { Python } from "./python.js";
export { manualSeed, Torch, type TorchRelease } from "./torch.js";
