import { mean, standardError } from "../../math/statistics.ts";
import type { Rows } from "../../math/rows.ts";
import { conditionalMap, gridRows, type ConditionalMap, type Grid } from "./conditional-map.ts";
import { idealMapCurves } from "./ideal-map-curves.ts";
import { measure } from "./measure.ts";
import { defineMetric } from "./metric-definition.ts";

/** Values of x₁ and cells of x₂. */
const [LINES, CELLS] = [64, 1500];
/** The maps are compared where the ideal one is not further out: 0.3 % of the rows are. */
const REACH = 3;

/** x₁ at the middles of so many equally likely intervals of the rows; x₂ over their range and half as much on either side. */
function gridOver({ count, values }: Rows): Grid {
  const column = (j: number) =>
    Float64Array.from({ length: count }, (_, i) => values[2 * i + j] ?? NaN).sort();
  const [first, second] = [column(0), column(1)];
  const x1 = Float64Array.from(
    { length: LINES },
    (_, i) => first[Math.floor(((i + 0.5) / LINES) * count)] ?? NaN,
  );
  const [low, high] = [second[0] ?? NaN, second.at(-1) ?? NaN];
  const range = high - low;
  return { x1, from: low - range / 2, width: (2 * range) / CELLS, cells: CELLS };
}

/** Largest and root mean square distance of two maps, the latter over the ideal's density, at each x₁. */
function distances(learned: ConditionalMap, ideal: ConditionalMap, { x1, width, cells }: Grid) {
  const lines = Array.from({ length: x1.length }, (_, i) => {
    const line = { largest: 0, square: 0, mass: 0, divergence: 0 };
    for (let k = i * cells; k < (i + 1) * cells; k++) {
      const [z, logP, logQ] = [ideal.z[k], ideal.logDensity[k], learned.logDensity[k]];
      const p = width * Math.exp(logP ?? NaN);
      if (p > 0) line.divergence += p * ((logP ?? NaN) - (logQ ?? NaN));
      if (!(Math.abs(z ?? NaN) <= REACH)) continue;
      const distance = Math.abs((learned.z[k] ?? NaN) - (z ?? NaN));
      line.largest = Math.max(line.largest, distance);
      line.square += p * distance ** 2;
      line.mass += p;
    }
    return line;
  });
  return {
    largest: lines.reduce((most, line) => Math.max(most, line.largest), 0),
    rms: Math.sqrt(mean(lines.map((line) => line.square / line.mass))),
    divergence: Float64Array.from(lines, (line) => line.divergence),
  };
}

/**
 * How far a model of two coordinates is from the ideal elementwise map z₂ = Φ⁻¹(CDF(x₂ | x₁)), which makes the second coordinate
 * standard normal given the first: what a single coupling learns. Both maps are computed by quadrature from the densities, so that
 * it can be asked of any family; of a coupling whose second half is active it is the coupling's own map.
 *
 * `ideal_map` is the sup norm over |z₂| ≤ 3 and x₁ at 64 equally likely places of the test rows, in standard deviations of z₂;
 * beside it the root mean square, and the mean of KL(p(x₂ | x₁) ‖ q(x₂ | x₁)) over the x₁.
 */
export const idealMap = defineMetric({
  name: "ideal_map",
  summary:
    "distance of the learned map of x2 given x1 from the ideal one, of two columns with a density",
  paper: "Rosenblatt (1952), Remarks on a multivariate transformation",
  needs: "planar-density",
  async compute({ test, logProb, logDensity, provenance, columns }) {
    const grid = gridOver(test);
    const rows = gridRows(grid);
    const [joint, truth] = [await logProb(rows), logDensity?.(rows) ?? new Float64Array(0)];
    const nonfinite = joint.reduce((n, value) => n + (Number.isFinite(value) ? 0 : 1), 0);
    const about = { n: rows.count, nonfinite, provenance };
    const [learned, ideal] = [conditionalMap(joint, grid), conditionalMap(truth, grid)];
    const { largest, rms, divergence } = distances(learned, ideal, grid);
    const value = (number: number): number => (nonfinite > 0 ? NaN : number);
    return {
      metrics: {
        ideal_map: measure(value(largest), NaN, { ...about, unit: "1" }),
        ideal_map_rms: measure(value(rms), NaN, { ...about, unit: "1" }),
        ideal_map_kl: measure(value(mean(divergence)), standardError(divergence), {
          ...{ ...about, unit: "nats" },
        }),
      },
      ...(nonfinite === 0 && {
        figures: { "ideal-map": idealMapCurves({ learned, ideal, grid, columns, reach: REACH }) },
      }),
    };
  },
});
