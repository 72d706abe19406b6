import { tf, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { Initialiser } from "./initialiser.ts";
import type { Network } from "./network.ts";

/**
 * x W + b, with W [inputs, outputs] and b [1, outputs]. The bias is declared with the matrix's number of columns, so
 * that training can keep both in one packed matrix. It starts at zero.
 */
export function linear(
  store: Store,
  inputs: number,
  outputs: number,
  initialiser: Initialiser,
  rng: Rng,
): Network {
  const weight = store.variable("weight", [inputs, outputs], initialiser(inputs, outputs, rng));
  const bias = store.variable("bias", [1, outputs], new Float64Array(outputs));
  return (x) => tf.add(tf.matMul(x, weight.read()), bias.read());
}
