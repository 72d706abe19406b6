import { haarRotation } from "../math/haar-rotation.ts";
import { covariance } from "../math/moments.ts";
import { createRng } from "../math/rng.ts";
import type { Rng } from "../math/rng.ts";
import { symmetricEigenvalues } from "../math/symmetric-eigenvalues.ts";
import { either, flag, integer, list, oneOf, positive } from "../options.ts";
import { DataError } from "./data-error.ts";
import { defineDataset } from "./dataset.ts";
import { closedForm, syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
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
    gaussian: () => ({ mean: new Float64Array(dim), covariance: covarianceOf(spectrum, axes) }),
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

/** A diag(λ) Aᵀ. */
function covarianceOf(spectrum: Float64Array, axes: Float64Array | undefined): Float64Array {
  const dim = spectrum.length;
  return Float64Array.from({ length: dim * dim }, (_, k) => {
    const [i, j] = [Math.floor(k / dim), k % dim];
    if (axes === undefined) return i === j ? (spectrum[i] ?? NaN) : 0;
    let sum = 0;
    for (let axis = 0; axis < dim; axis++)
      sum += (axes[i * dim + axis] ?? 0) * (spectrum[axis] ?? 0) * (axes[j * dim + axis] ?? 0);
    return sum;
  });
}

const options = {
  ...syntheticOptions,
  dim: integer(8, "dimensions", { min: 1, max: 4096 }),
  spectrum: either(
    oneOf(
      ["log-uniform", "outlier", "two-valued", "wishart", "identity"],
      "log-uniform",
      "eigenvalues of the covariance, scaled to mean 1: log-uniform between low and high, 1 but for one of high, half low and half high, or those of a random covariance of 2 D Gaussian rows",
    ),
    list(positive(1, "eigenvalue"), [], "eigenvalues"),
  ),
  low: positive(
    1e-3,
    "lower end of the log-uniform and value of the two-valued spectrum, before it is scaled to mean 1",
  ),
  high: positive(
    1e3,
    "upper end of the log-uniform spectrum, value of the two-valued and of the outlier, before it is scaled to mean 1",
  ),
  rotate: flag(
    true,
    "whether the principal axes are turned at random (Haar) or are the coordinates",
  ),
  distributionSeed: integer(0, "seed of spectrum and rotation: the same in all replicates"),
};

type Spectrum = "log-uniform" | "outlier" | "two-valued" | "wishart" | "identity";

interface SpectrumOptions {
  readonly dim: number;
  readonly spectrum: Spectrum | readonly number[];
  readonly low: number;
  readonly high: number;
}

/** Eigenvalues as they are drawn, before they are scaled. */
function rawSpectrum(kind: Spectrum, { dim, low, high }: SpectrumOptions, rng: Rng): Float64Array {
  switch (kind) {
    case "identity":
      return new Float64Array(dim).fill(1);
    case "log-uniform":
      return rng.uniforms(dim).map((u) => low * (high / low) ** u);
    case "outlier":
      return Float64Array.from({ length: dim }, (_, i) => (i === 0 ? high : 1));
    case "two-valued":
      return Float64Array.from({ length: dim }, (_, i) => (i < dim / 2 ? high : low));
    case "wishart": {
      const count = 2 * dim;
      const rows = { count, shape: [dim], values: rng.normals(count * dim) };
      return symmetricEigenvalues(covariance(rows, new Float64Array(dim)), dim);
    }
  }
}

function checkSpectrum({ dim, spectrum, low, high }: SpectrumOptions): void {
  if (typeof spectrum !== "string" && spectrum.length !== dim)
    throw new DataError(
      `gaussian: expected as many eigenvalues in spectrum as dim = ${dim}, got ${spectrum.length}; change one.`,
    );
  if (typeof spectrum === "string" && low > high)
    throw new DataError(`gaussian: expected low ≤ high, got ${low} and ${high}; swap them.`);
}

function drawSpectrum(chosen: SpectrumOptions, rng: Rng): Float64Array {
  const { dim, spectrum } = chosen;
  checkSpectrum(chosen);
  if (typeof spectrum !== "string") return Float64Array.from(spectrum);
  const values = rawSpectrum(spectrum, chosen, rng);
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => (value * dim) / total);
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
  outline(chosen) {
    checkSpectrum(chosen);
    return syntheticOutline(chosen.dim, chosen);
  },
});
