import { isRecording, addNode, tensorOf, valueOf } from "./recorder.ts";
import { tf, type Tensor } from "./tf.ts";

/**
 * Picks entries along one axis: out[.., i, ..] = x[.., index[.., i, ..], ..], with another index at every place. (tf.gather
 * takes whole slices, or works on the last axis only.) One ONNX GatherElements when compiled.
 *
 * @param index int32, of x's rank; of x's shape but along the axis
 */
export function gatherElements(x: Tensor, index: Tensor, axis: number): Tensor {
  const agrees = (d: number, i: number): boolean => i === axis || d === x.shape[i];
  if (index.rank !== x.rank || !index.shape.every(agrees))
    throw new Error(
      `gatherElements: expected an index of shape [${x.shape.join(", ")}] but along axis ${axis}, ` +
        `got [${index.shape.join(", ")}].`,
    );
  const gather = tf.customGrad((data, save) => {
    (save as (kept: Tensor[]) => void)([index]);
    return {
      value: forward(data as Tensor, index, axis),
      gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved[0] as Tensor, x.shape, axis),
    };
  });
  return gather(x);
}

function forward(x: Tensor, index: Tensor, axis: number): Tensor {
  if (!isRecording()) return eager(x, index, axis);
  const output = { shape: index.shape, type: valueOf(x).type };
  addNode({
    op: "GatherElements",
    inputs: [valueOf(x), valueOf(index)],
    outputs: [output],
    attributes: { axis },
  });
  return tensorOf(output);
}

/** TensorFlow.js gathers element by element on the last axis: every other axis is one of the batch. */
function eager(x: Tensor, index: Tensor, axis: number): Tensor {
  const last = x.rank - 1;
  const order = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  const picked = tf.gather(tf.transpose(x, order), tf.transpose(index, order), last, last);
  return tf.transpose(picked, order);
}

/** Each picked entry's gradient, added where it came from: a product with the one-hot code of the index. */
function backward(dy: Tensor, index: Tensor, shape: readonly number[], axis: number): Tensor {
  const size = shape[axis] ?? 1;
  const positions = tf.reshape(
    tf.range(0, size, 1, "int32"),
    shape.map((_, i) => (i === axis ? size : 1)),
  );
  const parts = (tensor: Tensor): Tensor[] => tf.split(tensor, tensor.shape[axis] ?? 1, axis);
  const indices = parts(index);
  const spread = parts(dy).map((part, i) =>
    tf.mul(part, tf.cast(tf.equal(indices[i] as Tensor, positions), "float32")),
  );
  return spread.length === 1 ? (spread[0] as Tensor) : tf.addN(spread);
}
