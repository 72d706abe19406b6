import { real } from "../../distributions/real.ts";
import { tf, whileLoop, type Tensor } from "../../engine/index.ts";
import type { Call, Model } from "../../model.ts";
import { predictedNoise, type Denoiser } from "../parameterisation.ts";
import { reverseGrid, type ReverseStep } from "./reverse-grid.ts";

export interface ReverseOptions {
  /** Steps from t = 1 to ε. */
  readonly steps: number;
  /** Langevin steps after each of them; 0 for Euler–Maruyama alone. */
  readonly corrections: number;
  /** r of a Langevin step: how far it goes, beside the noise that is there. */
  readonly signalToNoise: number;
}

/**
 * Samples by the reverse SDE: Euler–Maruyama as the predictor, and as corrector so many steps of Langevin dynamics at the
 * time reached (Song et al. 2021, algorithms 2 and 3),
 *
 *     x ← x + δ ∇ log p + √(2δ) z,   δ = 2 (r σ)²
 *
 * Departure from the paper: its δ = 2 (r ‖z‖/‖∇ log p‖)² takes norms over the batch, so that a row would depend on the
 * rows beside it. Their expectations for a narrow row are √D and √D/σ, which give the δ above; the paper's further factor
 * α = 1 − β_i of VP, near 1, is left out.
 *
 * The temperature multiplies the deviation of the start and of every z: at 0 a run is deterministic and ends where the
 * reverse drift leads from the centre. There is no log p.
 */
export function reverseSde(
  denoiser: Denoiser,
  dim: number,
  { steps, corrections, signalToNoise }: ReverseOptions,
): Model["sampler"] {
  const draws = 1 + steps * (1 + corrections);
  const score = (x: Tensor, clock: Tensor, shrink: Tensor, call: Call): Tensor =>
    predictedNoise(denoiser, tf.mul(tf.ones([x.shape[0], 1]), clock), tf.mul(x, shrink), call);
  const predict = (x: Tensor, z: Tensor, at: ReverseStep, call: Call): Tensor => {
    const removed = tf.mul(at.denoise, score(x, at.clock, at.shrink, call));
    return tf.add(tf.sub(tf.mul(at.keep, x), removed), tf.mul(at.noise, z));
  };
  // δ ∇ log p = −2 r² σ n̂ and √(2δ) = 2 r σ
  const correct = (x: Tensor, z: Tensor, at: ReverseStep, call: Call): Tensor => {
    const found = score(x, at.endClock, at.endShrink, call);
    const pull = tf.mul(found, real(2 * signalToNoise ** 2));
    const push = tf.mul(z, real(2 * signalToNoise));
    return tf.add(x, tf.mul(at.endDeviation, tf.sub(push, pull)));
  };
  return {
    noise: { size: dim * draws, kind: "normal" },
    sample(noise, { temperature, ...call }) {
      const all = tf.mul(tf.reshape(noise, [-1, draws, dim]), temperature);
      const z = (number: Tensor): Tensor =>
        tf.reshape(tf.gather(all, tf.reshape(tf.cast(number, "int32"), [1]), 1), [-1, dim]);
      const grid = reverseGrid(denoiser.path, steps);
      const { x } = whileLoop(
        ({ step }) => tf.less(step, steps),
        ({ x: before, step }) => {
          const at = grid(step);
          const first = tf.add(tf.mul(step, 1 + corrections), 1);
          let row = predict(before, z(first), at, call);
          for (let k = 1; k <= corrections; k++) row = correct(row, z(tf.add(first, k)), at, call);
          return { x: row, step: tf.add(step, 1) };
        },
        {
          x: tf.mul(z(tf.scalar(0)), real(denoiser.path.sde.priorDeviation)),
          step: tf.scalar(0),
        },
      );
      return { x };
    },
  };
}
