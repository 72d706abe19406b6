import type { Rng } from "../../math/rng.ts";
import { mirror, reflect } from "./covariance-blocks.ts";
import type { WhiteningMixing } from "./mixing-matrices.ts";

/** Σ after a mixing of this kind, Q Σ Qᵀ, without the matrix Q; of the distribution of those of `mixingMatrix`. */
export function mixCovariance(
  kind: WhiteningMixing,
  sigma: Float64Array,
  dim: number,
  rng: Rng,
): Float64Array {
  switch (kind) {
    case "rotation":
      return turnAtRandom(sigma, dim, rng);
    case "permutation":
      return permuted(sigma, rng.permutation(dim));
    case "reverse":
      return permuted(
        sigma,
        Int32Array.from({ length: dim }, (_, i) => dim - 1 - i),
      );
    case "householder-random": {
      const after = sigma.slice();
      reflect(after, dim, rng.fastNormals(dim));
      mirror(after, dim);
      return after;
    }
    case "none":
      return sigma;
  }
}

const permuted = (sigma: Float64Array, order: Int32Array): Float64Array => {
  const dim = order.length;
  return sigma.map(
    (_, k) => sigma[(order[Math.floor(k / dim)] ?? 0) * dim + (order[k % dim] ?? 0)] ?? NaN,
  );
};

/**
 * Q Σ Qᵀ of a Haar-random Q, as a product of reflections (Stewart 1980, "The efficient generation of random orthogonal matrices"): one
 * that takes the first axis to a random direction, one that takes the second to a random one within the others, and so on. A
 * quarter of the work of making Q and multiplying by it. The signs of the coordinates are left as they come: no layer sees them.
 */
function turnAtRandom(sigma: Float64Array, dim: number, rng: Rng): Float64Array {
  const after = sigma.slice();
  for (let from = 0; from < dim - 1; from++) {
    const v = new Float64Array(dim);
    v.set(rng.fastNormals(dim - from), from);
    let squares = 0;
    for (let j = from; j < dim; j++) squares += (v[j] as number) ** 2;
    const length = Math.sqrt(squares);
    // The reflection of this v takes v itself to the axis; the sign keeps digits.
    v[from] = (v[from] ?? 0) + ((v[from] ?? 0) < 0 ? -length : length);
    reflect(after, dim, v, from);
  }
  mirror(after, dim);
  return after;
}
