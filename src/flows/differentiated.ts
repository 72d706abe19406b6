import { tf, type Tensor } from "../engine/index.ts";

interface Mapped {
  readonly y: Tensor;
  readonly logSlope: Tensor;
}

/**
 * Values with a gradient of one's own: `tf.customGrad` for a function with two results of the same shape [1, …].
 *
 * `pull` gets the inputs again and the gradients towards y and logSlope; it returns those towards the inputs. What it
 * computes from the inputs as `value` does is merged with it when compiled, and since it is itself made of ordinary
 * operations of the inputs, it can be differentiated again.
 */
export function differentiated(
  inputs: readonly Tensor[],
  value: (inputs: readonly Tensor[]) => Mapped,
  pull: (inputs: readonly Tensor[], dy: Tensor, dLogSlope: Tensor) => Tensor[],
): Mapped {
  const joined = tf.customGrad((...args) => {
    const save = args.at(-1) as (tensors: Tensor[]) => void;
    const given = args.slice(0, -1) as Tensor[];
    save(given);
    const { y, logSlope } = value(given);
    return {
      value: tf.concat([y, logSlope], 0),
      gradFunc: (d: Tensor, saved: Tensor[]) => {
        const [dy, dLogSlope] = tf.split(d, 2, 0) as [Tensor, Tensor];
        return pull(saved, dy, dLogSlope);
      },
    };
  })(...inputs);
  const [y, logSlope] = tf.split(joined, 2, 0) as [Tensor, Tensor];
  return { y, logSlope };
}
