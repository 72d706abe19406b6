import { constants } from "./constants.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import type { Kernel } from "./kernel.ts";
import { linear } from "./linear.ts";
import { movement } from "./movement.ts";
import { reductions } from "./reduction.ts";

/** All TensorFlow.js kernels that can be compiled, by TensorFlow.js's names. A new one is one entry and one test. */
export const kernels: Readonly<Record<string, Kernel>> = {
  ...constants,
  ...convolutions,
  ...elementwise,
  ...linear,
  ...movement,
  ...reductions,
};
