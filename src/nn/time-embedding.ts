import { tf, type Tensor } from "../engine/index.ts";

/** How a network sees the time of each row. */
export interface TimeEmbedding {
  /** Columns of the result. */
  readonly columns: number;
  /** t [N, 1] → [N, columns]. Recordable. */
  apply(t: Tensor): Tensor;
}

/**
 * Sines and cosines of the time, the start of a Fourier series of period 2:
 *
 *     sin(π t), …, sin(K π t), cos(π t), …, cos(K π t)
 *
 * On [0, 1] the pair of the first frequency tells all times apart, and each further one lets a field change faster in time.
 * Frequencies grow evenly, not by octaves as in Transformers: a field that wiggles in time costs an adaptive solver steps,
 * and few frequencies reach the changes that paths of densities have. A family whose field changes fast near one end of
 * the interval gives a transformed time instead, such as a logarithm of the noise level.
 *
 * @param features K; with 0 the network sees t itself, as in FFJORD
 */
export function timeEmbedding(features: number): TimeEmbedding {
  if (features === 0) return { columns: 1, apply: (t) => t };
  const each = (value: (k: number) => number): number[] =>
    Array.from({ length: features }, (_, k) => value(k));
  const frequencies = each((k) => Math.PI * (k + 1));
  // cos(a) = sin(a + π/2): one node for both. The numbers are rounded to float32, alike in programs of each precision.
  const row = (sines: number[], cosines: number[]): Tensor => tf.tensor2d([[...sines, ...cosines]]);
  return {
    columns: 2 * features,
    apply: (t) =>
      tf.sin(
        tf.add(
          tf.mul(t, row(frequencies, frequencies)),
          row(
            each(() => 0),
            each(() => Math.PI / 2),
          ),
        ),
      ),
  };
}
