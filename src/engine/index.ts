/** The engine: compile a function of tensors, call it with typed arrays. Nothing outside needs to know more. */
export { tf } from "./tf.ts";
export type { Scalar, Tensor, Tensor2D, Tensor4D, Tensors } from "./tf.ts";
export { ENGINES } from "./program.ts";
export type {
  Arrays,
  Compiled,
  DType,
  EngineName,
  EngineOptions,
  NumericArray,
  Precision,
  Program,
  Shape,
  Spec,
} from "./program.ts";
export { createStore } from "./store.ts";
export type { Slot, SlotKind, Store } from "./store.ts";
export { compile } from "./compile.ts";
export { stopGradient } from "./stop-gradient.ts";
export { jacobian, jvp, pullBack, valueAndPullBack, vjp } from "./derivatives.ts";
export { identityMatrix, invertUnitTriangular, strictTriangle } from "./invert-unit-triangular.ts";
export { logAbsDet } from "./log-abs-det.ts";
export { loopedJacobian } from "./looped-jacobian.ts";
export { gatherElements } from "./gather-elements.ts";
export { isTaping, offTape } from "./off-tape.ts";
export { whileLoop } from "./while-loop.ts";
export { EngineError } from "./engine-error.ts";
