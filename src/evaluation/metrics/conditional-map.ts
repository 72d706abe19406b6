import { normalQuantile } from "../../math/normal-quantile.ts";
import type { Rows } from "../../math/rows.ts";

/** Where p(x₂ | x₁) is looked at: all of `cells` intervals of x₂ at each of these x₁. */
export interface Grid {
  readonly x1: Float64Array;
  readonly from: number;
  readonly width: number;
  readonly cells: number;
}

/** A density of two coordinates on a grid: its conditional, and the map that makes x₂ standard normal. */
export interface ConditionalMap {
  /** ln p(x₂ | x₁) at the middle of each cell, [x1, cells]. */
  readonly logDensity: Float64Array;
  /** Φ⁻¹(CDF(x₂ | x₁)) at the upper end of each cell, [x1, cells]. */
  readonly z: Float64Array;
}

/** The middles of all cells, as rows (x₁, x₂). */
export function gridRows({ x1, from, width, cells }: Grid): Rows {
  const values = new Float64Array(2 * x1.length * cells);
  x1.forEach((x, i) => {
    for (let j = 0; j < cells; j++) values.set([x, from + (j + 0.5) * width], 2 * (i * cells + j));
  });
  return { count: x1.length * cells, shape: [2], values };
}

/**
 * Normalises p(x₁, x₂) over x₂ by the midpoint rule, whatever its mass at this x₁ is. The distribution function is summed up from both
 * ends, so that both tails keep their digits.
 *
 * @param joint ln p at `gridRows`
 */
export function conditionalMap(joint: Float64Array, { x1, width, cells }: Grid): ConditionalMap {
  const logDensity = new Float64Array(joint.length);
  const z = new Float64Array(joint.length);
  for (let i = 0; i < x1.length; i++) {
    const line = joint.subarray(i * cells, (i + 1) * cells);
    const largest = line.reduce((a, b) => Math.max(a, b), -Infinity);
    const mass = line.map((value) => Math.exp(value - largest));
    const total = mass.reduce((a, b) => a + b, 0);
    const above = new Float64Array(cells);
    for (let j = cells - 2; j >= 0; j--) above[j] = (above[j + 1] ?? 0) + (mass[j + 1] ?? 0);
    let below = 0;
    for (let j = 0; j < cells; j++) {
      below += mass[j] ?? 0;
      const upper = above[j] ?? 0;
      z[i * cells + j] =
        below < upper ? normalQuantile(below / total) : -normalQuantile(upper / total);
      logDensity[i * cells + j] = (line[j] ?? NaN) - largest - Math.log(total * width);
    }
  }
  return { logDensity, z };
}
