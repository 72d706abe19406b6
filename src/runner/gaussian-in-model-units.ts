import type { Dataset } from "../datasets/dataset.ts";
import type { GaussianMoments } from "../math/moments.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** The Gaussian that the rows are from, as the model sees them; undefined where they are from none, or no longer. */
export function gaussianInModelUnits(
  { gaussian, condition }: Dataset,
  preprocessing: Preprocessing,
): GaussianMoments | undefined {
  const { bounds, standardise, mean, scale } = preprocessing.toJSON();
  if (!gaussian || condition || bounds) return undefined;
  const moments = gaussian();
  if (!standardise) return moments;
  const dim = moments.mean.length;
  return {
    mean: moments.mean.map((m, j) => (m - (mean[j] ?? NaN)) / (scale[j] ?? NaN)),
    covariance: moments.covariance.map(
      (entry, k) => entry / (scale[Math.floor(k / dim)] ?? NaN) / (scale[k % dim] ?? NaN),
    ),
  };
}
