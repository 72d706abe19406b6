import { tf, type Tensor } from "../engine/index.ts";
import type { TrainingOptions } from "./options.ts";
import { learningRateAt } from "./schedule.ts";

/** Decay of the first and second moment, and what keeps the quotient finite (Kingma & Ba 2015, arXiv:1412.6980). */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** What of a step varies: numbers computed on the host in float64 and fed as scalars. */
export interface Controls {
  /** Learning rate, with both bias corrections. */
  readonly rate: number;
  /** Epsilon in the units of √V. */
  readonly epsilon: number;
  /** adamw: 1 − learning rate · weight decay. */
  readonly keep: number;
  /** Share of the new weights in their running mean. */
  readonly emaShare: number;
}

export const CONTROLS = ["rate", "epsilon", "keep", "emaShare"] as const;

/**
 * Adam keeps m and v; we keep M = m/(1−β₁) and V = v/(1−β₂), so that M' = β₁M + g and V' = β₂V + g² need one product
 * less each. With t = step + 1, a = (1−β₁)/(1−β₁ᵗ), c = (1−β₂)/(1−β₂ᵗ), Adam's step lr·m̂/(√v̂ + ε) is then
 * (lr·a/√c) · M/(√V + ε/√c): both factors are numbers of the step. The running mean of the weights starts with a
 * share of 9/(10 + step), as long as that is larger than 1 − decay, so that it forgets the start values.
 */
export function controlsAt(step: number, steps: number, options: TrainingOptions): Controls {
  const rate = learningRateAt(step, steps, options);
  const a = (1 - BETA1) / (1 - BETA1 ** (step + 1));
  const root = Math.sqrt((1 - BETA2) / (1 - BETA2 ** (step + 1)));
  return {
    rate: (rate * a) / root,
    epsilon: EPSILON / root,
    keep: 1 - rate * options.weightDecay,
    emaShare: options.ema === null ? 1 : Math.max(1 - options.ema, 9 / (10 + step)),
  };
}

export interface Moments {
  readonly first: Tensor;
  readonly second: Tensor;
}

/** One Adam or AdamW step of one packed matrix. */
export function adamStep(
  parameter: Tensor,
  gradient: Tensor,
  { first, second }: Moments,
  controls: Readonly<Record<"rate" | "epsilon" | "keep", Tensor>>,
  { optimiser, weightDecay }: Pick<TrainingOptions, "optimiser" | "weightDecay">,
): Moments & { readonly parameter: Tensor } {
  const coupled = optimiser === "adam" && weightDecay > 0;
  const g = coupled ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
  const M = tf.add(tf.mul(first, BETA1), g);
  const V = tf.add(tf.mul(second, BETA2), tf.square(g));
  const move = tf.mul(tf.div(M, tf.add(tf.sqrt(V), controls.epsilon)), controls.rate);
  const from =
    optimiser === "adamw" && weightDecay > 0 ? tf.mul(parameter, controls.keep) : parameter;
  return { parameter: tf.sub(from, move), first: M, second: V };
}

/** Gradients scaled so that their common norm is at most `largest`. */
export function clipByGlobalNorm(gradients: readonly Tensor[], largest: number): Tensor[] {
  const squares = gradients.map((g) => tf.sum(tf.square(g)));
  const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
  const factor = tf.div(tf.scalar(largest), tf.maximum(norm, largest));
  return gradients.map((g) => tf.mul(g, factor));
}
