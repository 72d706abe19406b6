/** tr Σ. */
export function trace(sigma: Float64Array, dim: number): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += sigma[i * dim + i] ?? 0;
  return sum;
}

/**
 * Σ ← Q Σ Qᵀ of symmetric matrices, row-major [D, D].
 */
export function turn(sigma: Float64Array, rotation: Float64Array, dim: number): Float64Array {
  const half = new Float64Array(dim * dim);
  // Q Σ, row by row: inner loops run along rows of both.
  for (let i = 0; i < dim; i++)
    for (let k = 0; k < dim; k++) {
      const factor = rotation[i * dim + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < dim; j++)
        half[i * dim + j] = (half[i * dim + j] as number) + factor * (sigma[k * dim + j] as number);
    }
  const turned = new Float64Array(dim * dim);
  // Only one triangle is computed, so that the result is symmetric to the last bit.
  for (let i = 0; i < dim; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < dim; k++)
        sum += (half[i * dim + k] as number) * (rotation[j * dim + k] as number);
      turned[i * dim + j] = sum;
      turned[j * dim + i] = sum;
    }
  return turned;
}

/**
 * Σ ← H Σ H of a symmetric matrix, in place, with the reflection H = I − 2 v vᵀ / ‖v‖² of a v that is 0 before the entry `from`.
 * With p = 2 Σ v / ‖v‖² and w = p − (vᵀp / ‖v‖²) v it is Σ − v wᵀ − w vᵀ. Reads and writes the lower triangle only, at half the
 * cost: `mirror` makes the rest.
 */
export function reflect(sigma: Float64Array, dim: number, v: Float64Array, from = 0): void {
  let squares = 0;
  for (let j = from; j < dim; j++) squares += (v[j] as number) ** 2;
  if (squares === 0) return;
  const w = new Float64Array(dim);
  // Each entry below the diagonal stands for its mirror image as well.
  for (let i = from; i < dim; i++) {
    const [vi, row] = [v[i] as number, i * dim];
    let sum = 0;
    for (let j = 0; j < from; j++) w[j] = (w[j] as number) + (sigma[row + j] as number) * vi;
    for (let j = from; j < i; j++) {
      const entry = sigma[row + j] as number;
      w[j] = (w[j] as number) + entry * vi;
      sum += entry * (v[j] as number);
    }
    w[i] = (w[i] as number) + sum + (sigma[row + i] as number) * vi;
  }
  let product = 0;
  for (let i = 0; i < dim; i++) {
    w[i] = (2 * (w[i] as number)) / squares;
    product += (v[i] as number) * (w[i] as number);
  }
  for (let i = from; i < dim; i++) w[i] = (w[i] as number) - (product / squares) * (v[i] as number);
  for (let i = from; i < dim; i++) {
    const [vi, wi, row] = [v[i] as number, w[i] as number, i * dim];
    for (let j = 0; j < from; j++)
      sigma[row + j] = (sigma[row + j] as number) - vi * (w[j] as number);
    for (let j = from; j <= i; j++)
      sigma[row + j] = (sigma[row + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
  }
}

/** Makes a matrix symmetric by its lower triangle, in place. */
export function mirror(sigma: Float64Array, dim: number): void {
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < i; j++) sigma[j * dim + i] = sigma[i * dim + j] as number;
}

/**
 * Cov(a | p) = Σ_aa − Σ_ap Σ_pp⁻¹ Σ_pa for the first `passive` coordinates p and the others a, in place, with zeros for Σ_ap and
 * Σ_pa: elimination as in a Cholesky decomposition that stops after `passive` columns.
 *
 * @returns false where Σ_pp is singular to round-off
 */
export function eliminatePassive(sigma: Float64Array, dim: number, passive: number): boolean {
  const work = sigma.slice();
  for (let k = 0; k < passive; k++) {
    const pivot = work[k * dim + k] as number;
    if (!(pivot > dim * Number.EPSILON * (sigma[k * dim + k] as number))) return false;
    for (let i = k + 1; i < dim; i++) {
      const factor = (work[i * dim + k] as number) / pivot;
      if (factor === 0) continue;
      for (let j = k + 1; j <= i; j++)
        work[i * dim + j] = (work[i * dim + j] as number) - factor * (work[j * dim + k] as number);
    }
  }
  for (let i = passive; i < dim; i++) {
    for (let j = passive; j <= i; j++) {
      sigma[i * dim + j] = work[i * dim + j] as number;
      sigma[j * dim + i] = work[i * dim + j] as number;
    }
    sigma.fill(0, i * dim, i * dim + passive);
    for (let k = 0; k < passive; k++) sigma[k * dim + i] = 0;
  }
  return true;
}

/**
 * Scales the coordinates from..dim−1 to unit variance, in place.
 *
 * @returns the logarithm of the product of the scales
 */
export function standardiseFrom(sigma: Float64Array, dim: number, from: number): number {
  const scale = Float64Array.from({ length: dim }, (_, i) =>
    i < from ? 1 : 1 / Math.sqrt(sigma[i * dim + i] as number),
  );
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < dim; j++)
      sigma[i * dim + j] =
        (sigma[i * dim + j] as number) * (scale[i] as number) * (scale[j] as number);
  for (let i = from; i < dim; i++) sigma[i * dim + i] = 1;
  return scale.reduce((sum, factor) => sum + Math.log(factor), 0);
}
