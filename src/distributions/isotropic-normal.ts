import { tf } from "../engine/index.ts";
import type { Base } from "./base.ts";
import { real } from "./real.ts";

/**
 * N(0, τ² I) in `dim` dimensions: log q(z) = −‖z‖²/(2τ²) − D ln τ − (D/2) ln 2π. The temperature multiplies the deviation.
 */
export function isotropicNormal(dim: number, deviation: number): Base {
  const constant = -dim * (0.5 * Math.log(2 * Math.PI) + Math.log(deviation));
  return {
    dim,
    noise: { size: dim, kind: "normal" },
    logProb: (z) =>
      tf.add(tf.mul(tf.sum(tf.square(z), 1), real(-0.5 / deviation ** 2)), real(constant)),
    sample: (noise, temperature) => tf.mul(noise, tf.mul(temperature, real(deviation))),
  };
}
