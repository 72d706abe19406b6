import { realTensor } from "../../distributions/real.ts";
import { tf, type Tensor } from "../../engine/index.ts";
import type { Path } from "../sde/path.ts";

/** The numbers of one step from t to t − Δ of a sampler, for rows x: those of reverseGrid, one tensor [1, 1] each. */
export interface ReverseStep {
  /** Clock and 1/c at the step's start. */
  readonly clock: Tensor;
  readonly shrink: Tensor;
  /** x ← keep · x − denoise · n̂ + noise · z. */
  readonly keep: Tensor;
  readonly denoise: Tensor;
  readonly noise: Tensor;
  /** Clock, 1/c and σ at the step's end. */
  readonly endClock: Tensor;
  readonly endShrink: Tensor;
  readonly endDeviation: Tensor;
}

const COLUMNS = [
  ...["clock", "shrink", "keep", "denoise", "noise"],
  ...["endClock", "endShrink", "endDeviation"],
] as readonly (keyof ReverseStep)[];

/**
 * Steps of the reverse SDE dx = (a x − g² ∇ log p) dt + g dw̄ (Anderson 1982) from t = 1 to ε, all of one length Δ, by
 * Euler and Maruyama: with ∇ log p = −n̂/σ
 *
 *     x ← (1 − a Δ) x − (g² Δ/σ) n̂ + g √Δ z
 *
 * The last step leaves its noise out: it gives the mean of what it would draw.
 *
 * @returns the step of this number, a scalar. Recordable
 */
export function reverseGrid(path: Path, steps: number): (step: Tensor) => ReverseStep {
  const { sde, epsilon } = path;
  const length = (1 - epsilon) / steps;
  const table = Array.from({ length: steps }, (_, i) => {
    const t = 1 - i * length;
    const end = i === steps - 1 ? epsilon : 1 - (i + 1) * length;
    const diffusion = sde.diffusion(t) * length;
    return [
      ...[path.clockAt(t), 1 / path.spread(t)],
      ...[1 - sde.drift(t) * length, diffusion / sde.deviation(t)],
      i === steps - 1 ? 0 : Math.sqrt(diffusion),
      ...[path.clockAt(end), 1 / path.spread(end), sde.deviation(end)],
    ];
  });
  const values = realTensor(table.flat(), [steps, COLUMNS.length]);
  return (step) => {
    const row = tf.gather(values, tf.reshape(tf.cast(step, "int32"), [1]));
    const numbers = tf.split(row, COLUMNS.length, 1);
    return Object.fromEntries(COLUMNS.map((name, i) => [name, numbers[i]])) as Record<
      keyof ReverseStep,
      Tensor
    >;
  };
}
