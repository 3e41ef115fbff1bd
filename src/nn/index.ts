export { Linear, type LinearOptions } from "./linear.js";
export { Module } from "./module.js";
export { MSELoss } from "./mseLoss.js";
export { noGrad } from "./noGrad.js";
export { Tensor, type TensorLike, type TensorOptions } from "./tensor.js";
