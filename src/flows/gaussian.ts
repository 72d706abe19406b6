import { standardNormal } from "../distributions/standard-normal.ts";
import { createStore, tf, type Slot } from "../engine/index.ts";
import { cholesky, type Cholesky } from "../math/cholesky.ts";
import { columnMeans, covariance } from "../math/moments.ts";
import { triangularInverse } from "../math/triangular-inverse.ts";
import { defineFamily, ModelError } from "../model.ts";
import { flowModel } from "./flow-model.ts";
import { expectRows, type Layer } from "./layer.ts";
import { rowDimension } from "./row-dimension.ts";

/**
 * N(m, Σ) with Σ = L Lᵀ as a flow of one layer that whitens, the baseline of every table:
 *
 *     encode   z = (x − m) L⁻ᵀ    log|det J| = −ln det L        decode   x = z Lᵀ + m    log|det J| = ln det L
 *
 * Fitted in float64 by the mean and the maximum-likelihood covariance (divided by N) of the training rows;
 * the fit throws ModelError where that is singular.
 */
export const gaussian = defineFamily({
  name: "gaussian",
  summary: "multivariate Gaussian with full covariance, fitted in closed form: the baseline",
  paper: "textbook",
  options: {},
  supports: { tabular: true, image: false, conditional: false, minDim: 1 },
  build({ shape }) {
    const dim = rowDimension("gaussian", shape, 1);
    const store = createStore();
    const identity = Float64Array.from({ length: dim * dim }, (_, k) => +(k % (dim + 1) === 0));
    const mean = store.variable("mean", [1, dim], new Float64Array(dim));
    const lower = store.variable("lower", [dim, dim], identity);
    const inverse = store.state("inverse", [dim, dim], identity);
    const logDet = store.state("log-det", [1, 1], [0]);
    return {
      ...flowModel({
        store,
        layers: [whitening(dim, { mean, lower, inverse, logDet })],
        base: standardNormal(dim),
      }),
      fit(rows) {
        const centre = columnMeans(rows);
        const factor = factorise(covariance(rows, centre), dim, rows.count);
        mean.values = centre;
        lower.values = factor.lower;
        inverse.values = triangularInverse(factor.lower, dim);
        logDet.values = Float64Array.of(factor.logDet / 2);
      },
    };
  },
});

/** What `cholesky` refuses here is the user's rows. */
function factorise(matrix: Float64Array, dim: number, count: number): Cholesky {
  try {
    return cholesky(matrix, dim, `gaussian: covariance of the ${count} training rows`);
  } catch (error) {
    throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

interface WhiteningSlots {
  readonly mean: Slot;
  /** L. */
  readonly lower: Slot;
  /** L⁻¹. */
  readonly inverse: Slot;
  /** ln det L. */
  readonly logDet: Slot;
}

function whitening(dim: number, { mean, lower, inverse, logDet }: WhiteningSlots): Layer {
  return {
    encode(x) {
      expectRows("gaussian.encode", x, dim);
      const z = tf.matMul(tf.sub(x, mean.read()), inverse.read(), false, true);
      return { z, logDet: tf.mul(tf.ones([x.shape[0]]), tf.neg(tf.sum(logDet.read()))) };
    },
    decode(z) {
      expectRows("gaussian.decode", z, dim);
      const x = tf.add(tf.matMul(z, lower.read(), false, true), mean.read());
      return { x, logDet: tf.mul(tf.ones([z.shape[0]]), tf.sum(logDet.read())) };
    },
  };
}
