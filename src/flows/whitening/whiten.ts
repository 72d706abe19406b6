import { turn } from "./covariance-blocks.ts";
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
 * @param rotationOf the orthonormal matrix [D, D] in front of layer 1, 2, …; undefined for none
 * @returns layers + 1 steps, the data first
 * @throws where a covariance becomes singular
 */
export function whiten(
  sigma: Float64Array,
  shape: LayerShape,
  layers: number,
  rotationOf: (layer: number) => Float64Array | undefined,
): WhiteningStep[] {
  const { dim } = shape;
  const steps = [{ sigma, nonStandardness: gaussianNonStandardness(sigma, dim) }];
  let now = sigma;
  for (let layer = 1; layer <= layers; layer++) {
    const rotation = rotationOf(layer);
    now = optimalLayer(rotation ? turn(now, rotation, dim) : now, shape);
    steps.push({ sigma: now, nonStandardness: gaussianNonStandardness(now, dim) });
  }
  return steps;
}
