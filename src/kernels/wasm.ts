import { type Kernels, streamKernels } from "./stream.js";
import { WASM } from "./wasmModule.js";

let compiled: WebAssembly.Module | null | undefined;
let kernels: Kernels | null | undefined;

/** The compiled module; null where the engine has no WebAssembly with SIMD, or does not let us compile. */
export function wasmModule(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  try {
    const text = atob(WASM);
    compiled = new WebAssembly.Module(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    compiled = null;
  }
  return compiled;
}

/** The kernels in WebAssembly, with the signatures and the bits of reference.ts; null where there is none. Compiled at the first call. */
export function wasmKernels(): Kernels | null {
  if (kernels !== undefined) return kernels;
  const module = wasmModule();
  kernels = module === null ? null : streamKernels(module);
  return kernels;
}
