import { tf } from "./tf.ts";

/** Whether TensorFlow.js's gradient tape would see the next op. */
export const isTaping = (): boolean => {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
};

/**
 * Runs f as if no gradient were being taken: the tape outside sees nothing of it, and gradients taken inside work, also
 * within `customGrad`, where TensorFlow.js would not record them.
 */
export function offTape<T>(f: () => T): T {
  const { state } = tf.engine();
  const { gradientDepth, kernelDepth } = state;
  const outer = state.activeTape;
  Object.assign(state, { gradientDepth: 0, kernelDepth: 0, activeTape: null });
  try {
    return f();
  } finally {
    Object.assign(state, { gradientDepth, kernelDepth, activeTape: outer });
  }
}
