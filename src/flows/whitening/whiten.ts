import { trace } from "./covariance-blocks.ts";
import { gaussianNonStandardness, optimalLayer, type LayerShape } from "./optimal-layer.ts";

/** A Gaussian on its way to N(0, I). */
export interface WhiteningStep {
  /** Σ after this many layers, row-major [D, D]. */
  readonly sigma: Float64Array;
  /** KL(N(0, Σ) ‖ N(0, I)), nats. */
  readonly nonStandardness: number;
}

/**
 * N(0, Σ) through optimal affine coupling layers, each the best one for what the layers before it leave.
 *
 * @param mix turns a covariance in front of each layer; it may return the one that it is given
 * @returns layers + 1 steps, the data first
 * @throws where a covariance is singular
 */
export function whiten(
  sigma: Float64Array,
  shape: LayerShape,
  layers: number,
  mix: (sigma: Float64Array) => Float64Array,
): WhiteningStep[] {
  const { dim } = shape;
  const first = { sigma, nonStandardness: gaussianNonStandardness(sigma, dim) };
  const steps = [first];
  // ln det Σ changes by the layers' own determinants, which cost nothing.
  let logDet = trace(sigma, dim) - dim - 2 * first.nonStandardness;
  for (let layer = 1, now = sigma; layer <= layers; layer++) {
    const after = optimalLayer(mix(now), shape);
    now = after.sigma;
    logDet += 2 * after.logDet;
    steps.push({ sigma: now, nonStandardness: (trace(now, dim) - dim - logDet) / 2 });
  }
  return steps;
}
