import { real } from "../distributions/real.ts";
import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import { predictedNoise, type Denoiser } from "./parameterisation.ts";
import type { Path } from "./sde/path.ts";
import { stratified } from "./stratified.ts";

export interface LossOptions {
  /**
   * uniform: λ = σ², each time as much as another; likelihood: λ = g², which bounds the NLL of the stochastic process, not of
   * the ODE.
   */
  readonly weighting: "uniform" | "likelihood";
  /** uniform on [ε, 1], or in proportion to the likelihood's weights. */
  readonly times: "uniform" | "importance";
}

/**
 * Denoising score matching (Song et al. 2021, arXiv:2011.13456 and 2101.09258):
 *
 *     ½ ∫ λ(t) E‖s(x_t, t) − ∇ log p(x_t | x₀)‖² dt = ½ ∫ λ/σ² E‖n̂ − n‖² dt        x_t = α x₀ + σ n
 *
 * With λ = g² the weight is g²/σ² = 2η′: what matters is how far η goes. Times drawn in proportion to it are those whose
 * clock is uniform, each with the weight 2 · length: the same expected loss with a lower variance. One time of the batch
 * lies in each of B equal parts (stratified), which lowers it further.
 *
 * @param batch x₀ [B, D]
 * @param uniform [B, 1] on [0, 1)
 * @param normal n [B, D]
 * @returns the loss of each row, [B], nats in the case of the likelihood's weights
 */
export function denoisingLoss(
  denoiser: Denoiser,
  options: LossOptions,
  rows: { readonly batch: Tensor; readonly uniform: Tensor; readonly normal: Tensor },
  call: Call,
): Tensor {
  const { path } = denoiser;
  const { clock, weight } = drawClock(path, options, rows.uniform);
  const ratio = path.signal(clock);
  const x = tf.add(tf.mul(ratio.signal, rows.batch), tf.mul(ratio.noise, rows.normal));
  const missed = tf.sub(predictedNoise(denoiser, clock, x, call, ratio), rows.normal);
  const square: Tensor = tf.sum(tf.square(missed), 1);
  return tf.mul(square, weight);
}

/** The clock of each row [B, 1] and half its weight λ/σ², [B] or a scalar. */
function drawClock(
  path: Path,
  { weighting, times }: LossOptions,
  uniform: Tensor,
): { clock: Tensor; weight: Tensor } {
  const [count = 1] = uniform.shape;
  const place = stratified(uniform);
  if (times === "importance") return { clock: place, weight: real(path.length) };
  const t = tf.add(tf.mul(place, real(1 - path.epsilon)), real(path.epsilon));
  const { value, rate } = path.sde.noiseRatio(t);
  const share = tf.mul(tf.reshape(rate, [count]), real(1 - path.epsilon));
  return {
    clock: tf.div(tf.sub(value, real(path.start)), real(path.length)),
    weight: weighting === "likelihood" ? share : real(0.5 * (1 - path.epsilon)),
  };
}
