import { orthonormalFrames } from "./orthonormal-frames.ts";
import type { Rng } from "./rng.ts";

/**
 * normal: N(0, 1) · uniform: on [0, 1) · rademacher: ±1 · orthonormal: the last two axes [D, K], K ≤ D, hold the first K
 * columns of a Haar-random orthonormal matrix times √D, so that each column v has E[v vᵀ] = I; one draw per entry of the
 * axes before.
 */
export type NoiseKind = "normal" | "uniform" | "rademacher" | "orthonormal";

/** Random numbers of this kind and shape, row-major. */
export function drawNoise(kind: NoiseKind, shape: readonly number[], rng: Rng): Float64Array {
  const count = shape.reduce((product, d) => product * d, 1);
  switch (kind) {
    case "normal":
      return rng.fastNormals(count);
    case "uniform":
      return rng.uniforms(count);
    case "rademacher":
      return rng.signs(count);
    case "orthonormal":
      return frames(shape, rng);
  }
}

function frames(dims: readonly number[], rng: Rng): Float64Array {
  const [dim = 0, columns = 0] = dims.slice(-2);
  if (dims.length < 2 || columns > dim)
    throw new Error(
      `noise: orthonormal noise needs a shape ending in [D, K] with K at most D, got [${dims.join(", ")}].`,
    );
  const count = dims.slice(0, -2).reduce((product, d) => product * d, 1);
  return orthonormalFrames(count, [dim, columns], Math.sqrt(dim), rng);
}
