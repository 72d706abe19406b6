import { cholesky } from "../../math/cholesky.ts";
import { triangularInverse } from "../../math/triangular-inverse.ts";
import { turn } from "./covariance-blocks.ts";
import { optimalLayer, type LayerShape } from "./optimal-layer.ts";

/** z = F x of one optimal layer with the mixing in front of it, all row-major [D, D]. */
export interface OptimalMap {
  readonly forward: Float64Array;
  /** F⁻¹. */
  readonly backward: Float64Array;
  /** ln|det F|. */
  readonly logDet: number;
  /** F Σ Fᵀ. */
  readonly sigma: Float64Array;
}

/**
 * The map of `optimalLayer`, F = S E Q: the mixing Q, the shift E = [[I, 0], [−R, I]] by the regression R = Σ_ap Σ_pp⁻¹ of the active
 * coordinates on the passive ones, the scale S.
 *
 * @param sigma covariance of the rows before it
 * @throws where it is singular, with its rank
 */
export function optimalMap(
  sigma: Float64Array,
  shape: LayerShape,
  mixing: Float64Array | undefined,
): OptimalMap {
  const { dim } = shape;
  const q = mixing ?? Float64Array.from({ length: dim * dim }, (_, k) => +(k % (dim + 1) === 0));
  const turned = mixing ? turn(sigma, mixing, dim) : sigma;
  const passive = dim - shape.active;
  const regression = regressionOn(turned, dim, passive);
  const after = optimalLayer(turned, shape);
  const scale = scales(turned, regression, shape);
  const [forward, backward] = [new Float64Array(dim * dim), new Float64Array(dim * dim)];
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < dim; j++) {
      let [to, back] = [q[i * dim + j] ?? 0, q[i * dim + j] ?? 0];
      if (i >= passive)
        for (let k = 0; k < passive; k++)
          to -= (regression[(i - passive) * passive + k] ?? 0) * (q[k * dim + j] ?? 0);
      else
        for (let a = passive; a < dim; a++)
          back += (regression[(a - passive) * passive + i] ?? 0) * (q[a * dim + j] ?? 0);
      forward[i * dim + j] = to * (scale[i] ?? 1);
      // F⁻¹ = Qᵀ E⁻¹ S⁻¹, whose entry stands across the diagonal.
      backward[j * dim + i] = back / (scale[i] ?? 1);
    }
  return { forward, backward, logDet: after.logDet, sigma: after.sigma };
}

/** R = Σ_ap Σ_pp⁻¹, row-major [D − passive, passive]. */
function regressionOn(sigma: Float64Array, dim: number, passive: number): Float64Array {
  const block = Float64Array.from(
    { length: passive * passive },
    (_, k) => sigma[Math.floor(k / passive) * dim + (k % passive)] ?? 0,
  );
  const who = `optimal-affine: covariance of ${passive} of the ${dim} coordinates`;
  const inverse = triangularInverse(cholesky(block, passive, who).lower, passive);
  const regression = new Float64Array((dim - passive) * passive);
  const whitened = new Float64Array(passive);
  for (let a = passive; a < dim; a++) {
    for (let i = 0; i < passive; i++) {
      let sum = 0;
      for (let k = 0; k <= i; k++)
        sum += (inverse[i * passive + k] ?? 0) * (sigma[a * dim + k] ?? 0);
      whitened[i] = sum;
    }
    for (let k = 0; k < passive; k++) {
      let sum = 0;
      for (let i = k; i < passive; i++) sum += (inverse[i * passive + k] ?? 0) * (whitened[i] ?? 0);
      regression[(a - passive) * passive + k] = sum;
    }
  }
  return regression;
}

/** What brings each coordinate to unit variance: 1/√Var(a | p) of an active one, and 1/√Var(p) or 1 of a passive one. */
function scales(
  sigma: Float64Array,
  regression: Float64Array,
  { dim, active, passiveRescale }: LayerShape,
): Float64Array {
  const passive = dim - active;
  return Float64Array.from({ length: dim }, (_, i) => {
    let variance = sigma[i * dim + i] ?? NaN;
    if (i < passive) return passiveRescale ? 1 / Math.sqrt(variance) : 1;
    for (let k = 0; k < passive; k++)
      variance -= (regression[(i - passive) * passive + k] ?? 0) * (sigma[i * dim + k] ?? 0);
    return 1 / Math.sqrt(variance);
  });
}
