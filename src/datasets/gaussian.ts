import { haarRotation } from "../math/haar-rotation.ts";
import { createRng } from "../math/rng.ts";
import type { Rng } from "../math/rng.ts";
import { either, flag, integer, list, oneOf, positive } from "../options.ts";
import { DataError } from "./data-error.ts";
import { defineDataset } from "./dataset.ts";
import { closedForm, syntheticDataset, syntheticOptions } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

/**
 * N(0, Σ) with the given eigenvalues of Σ.
 *
 * @param axes the eigenvectors as columns, row-major [D, D]; the coordinate axes when left out
 */
export function gaussian(spectrum: Float64Array, axes?: Float64Array): Distribution {
  const dim = spectrum.length;
  const deviations = spectrum.map(Math.sqrt);
  const halfLogDet = deviations.reduce((sum, sd) => sum + Math.log(sd), 0);
  const constant = -0.5 * dim * Math.log(2 * Math.PI) - halfLogDet;
  const along = (x: Float64Array, at: number, axis: number): number => {
    if (axes === undefined) return x[at + axis] ?? NaN;
    let sum = 0;
    for (let j = 0; j < dim; j++) sum += (axes[j * dim + axis] ?? 0) * (x[at + j] ?? NaN);
    return sum;
  };
  return {
    dim,
    entropy: closedForm(0.5 * dim * Math.log(2 * Math.PI * Math.E) + halfLogDet),
    logDensity(x, at) {
      let squares = 0;
      for (let axis = 0; axis < dim; axis++)
        squares += (along(x, at, axis) / (deviations[axis] ?? 1)) ** 2;
      return constant - 0.5 * squares;
    },
    sample(count, rng) {
      const scaled = rng.normals(count * dim).map((e, k) => (deviations[k % dim] ?? 0) * e);
      if (axes === undefined) return scaled;
      return scaled.map((_, k) => {
        const [start, j] = [k - (k % dim), k % dim];
        let sum = 0;
        for (let axis = 0; axis < dim; axis++)
          sum += (axes[j * dim + axis] ?? 0) * (scaled[start + axis] ?? 0);
        return sum;
      });
    },
  };
}

const options = {
  ...syntheticOptions,
  dim: integer(8, "dimensions", { min: 1, max: 4096 }),
  spectrum: either(
    oneOf(["log-uniform", "identity"], "log-uniform", "eigenvalues of the covariance"),
    list(positive(1, "eigenvalue"), [], "eigenvalues"),
  ),
  low: positive(1e-3, "lower end of the log-uniform spectrum, before it is scaled to mean 1"),
  high: positive(1e3, "upper end of the log-uniform spectrum, before it is scaled to mean 1"),
  rotate: flag(
    true,
    "whether the principal axes are turned at random (Haar) or are the coordinates",
  ),
  distributionSeed: integer(0, "seed of spectrum and rotation: the same in all replicates"),
};

type Spectrum = "log-uniform" | "identity" | readonly number[];

function drawSpectrum(
  { dim, spectrum, low, high }: { dim: number; spectrum: Spectrum; low: number; high: number },
  rng: Rng,
): Float64Array {
  if (spectrum === "identity") return new Float64Array(dim).fill(1);
  if (spectrum === "log-uniform") {
    if (low > high)
      throw new DataError(`gaussian: expected low ≤ high, got ${low} and ${high}; swap them.`);
    const values = rng.uniforms(dim).map((u) => low * (high / low) ** u);
    const total = values.reduce((sum, value) => sum + value, 0);
    return values.map((value) => (value * dim) / total);
  }
  if (spectrum.length !== dim)
    throw new DataError(
      `gaussian: expected as many eigenvalues in spectrum as dim = ${dim}, got ${spectrum.length}; change one.`,
    );
  return Float64Array.from(spectrum);
}

export const gaussianDataset = defineDataset({
  name: "gaussian",
  summary: "a Gaussian with a given or random spectrum, turned at random, any dimension",
  source: "Draxler, Schnörr & Köthe 2022, whitening experiments; log-uniform spectrum",
  options,
  load({ options: chosen, rng }) {
    const fixed = createRng(chosen.distributionSeed).fork("gaussian");
    const spectrum = drawSpectrum(chosen, fixed.fork("spectrum"));
    const axes = chosen.rotate ? haarRotation(chosen.dim, fixed.fork("rotation")) : undefined;
    return Promise.resolve(syntheticDataset("gaussian", gaussian(spectrum, axes), chosen, rng));
  },
});
