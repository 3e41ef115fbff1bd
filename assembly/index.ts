/** The kernels over memory that the caller lays out; src/kernels/reference.ts says what they compute. */
export { addColumns, centre, gram, weigh } from "./columns";
export { errors, predict, residual, step } from "./rows";
export { reflectAndMultiply } from "./tridiagonal";
