import { createRequire } from "node:module";
import type * as TensorFlow from "@tensorflow/tfjs";
import { correctSecondDerivatives } from "./second-derivatives.ts";

let loaded: typeof TensorFlow | undefined;

function load(): typeof TensorFlow {
  if (loaded !== undefined) return loaded;
  const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as typeof TensorFlow;
  // The banner "Hi, looks like you are running TensorFlow.js in Node.js" comes from the first use of the JavaScript
  // backend and is only held back in production mode, which switches off nothing else that we use.
  tf.env().set("PROD", true);
  // Without a choice TensorFlow.js makes one at the first op, later than we ask for the current backend.
  void tf.setBackend("cpu");
  correctSecondDerivatives(tf);
  return (loaded = tf);
}

/**
 * TensorFlow.js, loaded when something of it is first used: a third of a second that `flowmeter list`, which imports the
 * families for their names and options, must not wait for.
 */
export const tf: typeof TensorFlow = new Proxy({} as typeof TensorFlow, {
  get: (_, name: keyof typeof TensorFlow) => load()[name],
});

export type Tensor = TensorFlow.Tensor;
export type Tensor2D = TensorFlow.Tensor2D;
export type Tensor4D = TensorFlow.Tensor4D;
export type Scalar = TensorFlow.Scalar;
export type Tensors = Record<string, Tensor>;
