import type * as TensorFlow from "@tensorflow/tfjs";

type Tensor = TensorFlow.Tensor;

/** Operations whose gradient function gets their result: the name of their input, and the result anew. */
const operations = (
  tf: typeof TensorFlow,
): Record<string, { readonly input: string; readonly again: (x: Tensor) => Tensor }> => ({
  Elu: { input: "x", again: (x) => tf.elu(x) },
  Exp: { input: "x", again: (x) => tf.exp(x) },
  Sigmoid: { input: "x", again: (x) => tf.sigmoid(x) },
  Tanh: { input: "x", again: (x) => tf.tanh(x) },
  // Over the last axis, the only one that TensorFlow.js has it for.
  Softmax: { input: "logits", again: (x) => tf.softmax(x) },
});

/**
 * Makes second derivatives right. TensorFlow.js keeps the result of an operation for its gradient function as a copy that it
 * puts on the tape *before* the operation itself; a second derivative, which goes along the tape backwards, then reaches the
 * operation too early and silently loses all that comes through the result: of tanh′(w x) = 1 − tanh²(w x) by w it finds
 * zero. Here the gradient functions get the result computed anew from the input, which is the same node when compiled.
 *
 * A `customGrad` that saves its result has the same fault, tf.logSoftmax among them: save the inputs.
 */
export function correctSecondDerivatives(tf: typeof TensorFlow): void {
  for (const [kernelName, { input, again }] of Object.entries(operations(tf))) {
    const { gradFunc } = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: [input],
      gradFunc: (dy, [x], attributes) => gradFunc(dy, [again(x as Tensor)], attributes),
    });
  }
  // d EluGrad(dy, y), where EluGrad = dy · (y < 0 ? y + 1 : 1); TensorFlow.js has none.
  tf.registerGradient({
    kernelName: "EluGrad",
    inputsToSave: ["dy", "y"],
    gradFunc: (d, [dy, y]) => {
      const upstream = d as Tensor;
      const below = (): Tensor => tf.step(tf.neg(y as Tensor));
      return {
        dy: () => tf.mul(upstream, tf.add(1, tf.mul(y as Tensor, below()))),
        y: () => tf.mul(upstream, tf.mul(dy as Tensor, below())),
      };
    },
  });
}
