import type { Base } from "../../src/distributions/base.ts";
import { tf, type Store } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { applyTo, rowsOf } from "../flows/helpers.ts";

/** log q of rows [D], float64. */
export async function logProbOf(
  base: Base,
  store: Store,
  values: readonly number[],
): Promise<Float64Array> {
  const { logProb } = await applyTo(store, rowsOf(values, base.dim), (z) => ({
    logProb: base.logProb(z),
  }));
  return logProb;
}

/** Draws of a base, row-major [n, D], float64. */
export async function drawsOf(
  base: Base,
  store: Store,
  n: number,
  temperature = 1,
): Promise<Float64Array> {
  const { size } = base.noise;
  const noise = rowsOf(Array.from(createRng("draws").uniforms(n * size)), size);
  const { z } = await applyTo(store, noise, (u) => ({ z: base.sample(u, tf.scalar(temperature)) }));
  return z;
}

/** √n times the Kolmogorov–Smirnov statistic of draws beside a distribution function; above 1.95 once in 1000 times. */
export function kolmogorovSmirnov(draws: Float64Array, cdf: (x: number) => number): number {
  const sorted = draws.toSorted();
  const n = sorted.length;
  let largest = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    largest = Math.max(largest, p - i / n, (i + 1) / n - p);
  });
  return largest * Math.sqrt(n);
}

/** ∫ q over [−bound, bound] in one dimension, by the midpoint rule. */
export async function integralOf(base: Base, store: Store, bound: number): Promise<number> {
  const n = 20_000;
  const points = Array.from({ length: n }, (_, i) => bound * ((2 * i + 1) / n - 1));
  const logProb = await logProbOf(base, store, points);
  return logProb.reduce((sum, value) => sum + (Math.exp(value) * 2 * bound) / n, 0);
}
