import { tf } from "../engine/index.ts";
import type { Base } from "./base.ts";
import { real } from "./real.ts";

/** N(0, I) in `dim` dimensions: log q(z) = −½‖z‖² − (D/2) ln 2π. The temperature multiplies the deviation. */
export function standardNormal(dim: number): Base {
  const constant = -0.5 * dim * Math.log(2 * Math.PI);
  return {
    dim,
    noise: { size: dim, kind: "normal" },
    logProb: (z) => tf.add(tf.mul(tf.sum(tf.square(z), 1), -0.5), real(constant)),
    sample: (noise, temperature) => tf.mul(noise, temperature),
  };
}
