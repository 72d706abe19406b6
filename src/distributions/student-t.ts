import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Base } from "./base.ts";
import { halfStepLogGamma } from "./half-step-log-gamma.ts";
import { openUniform } from "./open-uniform.ts";
import { real } from "./real.ts";

/** Learned degrees stay above this: a draw is about u^(−1/ν), which float32 cannot hold for fewer. */
const FEWEST_DEGREES = 0.45;

export interface StudentTOptions {
  /** ν, degrees of freedom, or where they start; at least 0.5. */
  readonly degrees: number;
  /** Learn ν = 0.45 + exp(variable) of each dimension. */
  readonly learn: boolean;
}

/**
 * Independent Student's t in each of `dim` dimensions, centre 0 and scale 1: heavy tails, which no Lipschitz flow makes
 * of a normal (Jaini et al. 2020, arXiv:1907.04481).
 *
 *     ln q(z) = Σ_j ln Γ((ν_j+1)/2) − ln Γ(ν_j/2) − ½ ln(π ν_j) − ½ (ν_j+1) ln(1 + z_j²/ν_j)
 *
 * Sampled from uniform draws by Bailey's polar method (Bailey 1994, Mathematics of Computation 62): √(ν(u^{−2/ν} − 1)) cos(2πv)
 * is exactly t_ν. The temperature multiplies the draw.
 */
export function studentT(dim: number, store: Store, { degrees, learn }: StudentTOptions): Base {
  const row = (value: number): Float64Array => new Float64Array(dim).fill(value);
  const slot = learn
    ? store.variable("log-excess-degrees", [1, dim], row(Math.log(degrees - FEWEST_DEGREES)))
    : store.constant("degrees", [1, dim], row(degrees));
  /** ν [1, D] */
  const nu = (): Tensor =>
    learn ? tf.add(tf.exp(slot.read()), real(FEWEST_DEGREES)) : slot.read();
  return {
    dim,
    noise: { size: 2 * dim, kind: "uniform" },
    logProb(z) {
      const n = nu();
      const scale = tf.mul(tf.log(tf.mul(n, real(Math.PI))), 0.5);
      const constant = tf.sub(halfStepLogGamma(tf.mul(n, 0.5)), scale);
      const weight = tf.mul(tf.add(n, 1), 0.5);
      // log1p, because (ν + 1)/2 multiplies its error, and ν may be large.
      const tail = tf.mul(weight, tf.log1p(tf.div(tf.square(z), n)));
      return tf.sum(tf.sub(constant, tail), 1);
    },
    sample(noise, temperature) {
      const [u, v] = tf.split(noise, 2, 1) as [Tensor, Tensor];
      const n = nu();
      const excess = tf.expm1(tf.mul(tf.log(openUniform(u)), tf.div(-2, n)));
      const radius = tf.sqrt(tf.mul(n, excess));
      return tf.mul(tf.mul(radius, tf.cos(tf.mul(v, real(2 * Math.PI)))), temperature);
    },
  };
}
