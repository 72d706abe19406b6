import type { Rng } from "../../math/rng.ts";
import { rowSize, type Rows } from "../../math/rows.ts";
import { standardError } from "../../math/statistics.ts";
import { measure } from "./measure.ts";
import { defineMetric } from "./metric-definition.ts";

/** Random directions that the distance is a mean over. */
const DIRECTIONS = 200;

interface Projected {
  readonly values: Float64Array;
  /** Numbers of the rows in ascending order of their values. */
  readonly order: Int32Array;
}

/** Rows' coordinates along a direction. */
function project(rows: Rows, direction: Float64Array, count: number): Projected {
  const size = direction.length;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (rows.values[i * size + j] ?? 0) * (direction[j] ?? 0);
    values[i] = sum;
  }
  const order = Int32Array.from(values, (_, i) => i).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
  );
  return { values, order };
}

/**
 * Adds to `influence` what each row of `from` contributes to W₂² to `to`: the Kantorovich potential
 * 2 ∫ (t − T(t)) dt with T the map of the sorted values onto the others, up to a constant.
 */
function addPotential(influence: Float64Array, from: Projected, to: Projected): void {
  let potential = 0;
  let before: { readonly at: number; readonly gap: number } | undefined;
  from.order.forEach((row, rank) => {
    const at = from.values[row] ?? 0;
    const gap = at - (to.values[to.order[rank] ?? 0] ?? 0);
    if (before) potential += (at - before.at) * (gap + before.gap);
    influence[row] = (influence[row] ?? 0) + potential;
    before = { at, gap };
  });
}

/**
 * Sliced Wasserstein distance of order 2: the root of the mean over random directions of W₂² between the samples'
 * projections, which is the mean squared difference of their sorted values (Bonneel et al. 2015). Both samples count
 * with as many rows as the smaller one.
 *
 * The standard error is asymptotic: W₂² is, to first order, a mean over rows of Kantorovich potentials (del Barrio &
 * Loubes 2019, arXiv:1705.01299), averaged over the directions row by row, rows i of both samples together; that of the
 * mean over directions is added in squares. The distance of finite samples is above that of the distributions, by about
 * the floor where the two are near.
 */
export function slicedWasserstein(
  x: Rows,
  y: Rows,
  rng: Rng,
  directions = DIRECTIONS,
): { value: number; stderr: number } {
  const count = Math.min(x.count, y.count);
  const size = rowSize(x);
  const influence = new Float64Array(count);
  const squares = new Float64Array(directions);
  for (let d = 0; d < directions; d++) {
    const normals = rng.normals(size);
    const norm = Math.hypot(...normals);
    const direction = normals.map((value) => value / norm);
    const [px, py] = [project(x, direction, count), project(y, direction, count)];
    let sum = 0;
    for (let rank = 0; rank < count; rank++)
      sum += ((px.values[px.order[rank] ?? 0] ?? 0) - (py.values[py.order[rank] ?? 0] ?? 0)) ** 2;
    squares[d] = sum / count;
    addPotential(influence, px, py);
    addPotential(influence, py, px);
  }
  const value = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / directions);
  const ofRows = standardError(influence) / directions;
  const ofDirections = size === 1 ? 0 : standardError(squares);
  return { value, stderr: Math.hypot(ofRows, ofDirections) / (2 * value) };
}

/** Sliced Wasserstein distance of draws to test rows, and, as its floor, of training rows to test rows. */
export const slicedWassersteinMetric = defineMetric({
  name: "sliced_wasserstein",
  summary: "mean 2-Wasserstein distance to the test rows along random directions",
  paper: "Bonneel, Rabin, Peyré & Pfister (2015), J. Math. Imaging Vis. 51",
  async compute({ twoSamples, rng }) {
    const { model, data, reference, nonfinite } = await twoSamples();
    const provenance = { kind: "samples", draws: model.count } as const;
    const about = { n: data.count, nonfinite, unit: "sd", provenance } as const;
    if (nonfinite > 0) return { metrics: { sliced_wasserstein: measure(NaN, NaN, about) } };
    const { value, stderr } = slicedWasserstein(model, data, rng.fork("directions"));
    const floor = slicedWasserstein(reference, data, rng.fork("directions")).value;
    return { metrics: { sliced_wasserstein: measure(value, stderr, { ...about, floor }) } };
  },
});
