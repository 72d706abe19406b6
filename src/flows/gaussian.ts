import { standardNormal } from "../distributions/standard-normal.ts";
import { createStore, tf, type Slot } from "../engine/index.ts";
import { fitGaussian, type FittedGaussian } from "../math/fitted-gaussian.ts";
import type { Rows } from "../math/rows.ts";
import { triangularInverse } from "../math/triangular-inverse.ts";
import { defineFamily, ModelError } from "../model.ts";
import { expectContext } from "../nn/context.ts";
import { affineMap, type AffineMapParts } from "./affine-map.ts";
import { flowModel } from "./flow-model.ts";
import { rowDimension } from "../nn/row-dimension.ts";

/**
 * N(m, Σ), or N(m + c W, Σ) given a condition c, with Σ = L Lᵀ as a flow of one layer that whitens, the baseline of every table:
 *
 *     encode   z = (x − m − c W) L⁻ᵀ    log|det J| = −ln det L        decode   x = z Lᵀ + m + c W    log|det J| = ln det L
 *
 * Fitted in float64 by the mean, or the linear regression on the condition, and the maximum-likelihood covariance
 * (divided by N) of what is left of the training rows; the fit throws ModelError where that is singular.
 */
export const gaussian = defineFamily({
  name: "gaussian",
  summary: "multivariate Gaussian with full covariance, fitted in closed form: the baseline",
  paper: "textbook",
  options: {},
  supports: { tabular: true, image: false, conditional: true, minDim: 1 },
  build({ shape, contextSize }) {
    const dim = rowDimension("gaussian", shape, 1);
    const store = createStore();
    const identity = Float64Array.from({ length: dim * dim }, (_, k) => +(k % (dim + 1) === 0));
    const mean = store.variable("mean", [1, dim], new Float64Array(dim));
    const slope =
      contextSize === 0
        ? undefined
        : store.variable("slope", [contextSize, dim], new Float64Array(contextSize * dim));
    const lower = store.variable("lower", [dim, dim], identity);
    const inverse = store.state("inverse", [dim, dim], identity);
    const logDet = store.state("log-det", [1, 1], [0]);
    return {
      ...flowModel({
        store,
        layers: [
          affineMap("gaussian", dim, {
            centre: centreOf(mean, slope),
            ...{ forward: inverse, backward: lower, volume: logDet },
          }),
        ],
        base: standardNormal(dim),
      }),
      fit(rows, context) {
        if (slope && !context)
          throw new Error("gaussian.fit: expected the condition of each row, got none.");
        const { centre, slope: weights, factor } = fitOrRefuse(rows, slope && context);
        mean.values = centre;
        if (slope && weights) slope.values = weights;
        lower.values = factor.lower;
        inverse.values = triangularInverse(factor.lower, dim);
        logDet.values = Float64Array.of(factor.logDet / 2);
      },
    };
  },
});

/** m + c W, [N, D], or [1, D] without a condition. */
const centreOf =
  (mean: Slot, slope: Slot | undefined): AffineMapParts["centre"] =>
  (call, rows) => {
    if (!slope) return mean.read();
    const context = expectContext(call, rows, slope.shape[0] ?? 0);
    return tf.add(tf.matMul(context, slope.read()), mean.read());
  };

/** What cannot be fitted here is the user's rows. */
function fitOrRefuse(rows: Rows, context: Rows | undefined): FittedGaussian {
  try {
    return fitGaussian(rows, context, "gaussian");
  } catch (error) {
    throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
