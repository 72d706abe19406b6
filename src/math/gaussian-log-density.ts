import type { Cholesky } from "./cholesky.ts";
import { rowSize } from "./rows.ts";
import type { Rows } from "./rows.ts";

/** log N(x; mean, L Lᵀ) per row, nats: −½(D ln 2π + ln det + ‖L⁻¹(x − mean)‖²). `mean` is [D]. */
export function gaussianLogDensity(
  rows: Rows,
  mean: Float64Array,
  { lower, logDet }: Cholesky,
): Float64Array {
  const size = rowSize(rows);
  if (mean.length !== size)
    throw new Error(
      `gaussianLogDensity: expected rows of ${mean.length} entries, as the mean has, got ${size}.`,
    );
  const constant = -0.5 * (size * Math.log(2 * Math.PI) + logDet);
  const solved = new Float64Array(size);
  return new Float64Array(rows.count).map((_, i) => {
    let squares = 0;
    for (let j = 0; j < size; j++) {
      let rest = (rows.values[i * size + j] ?? 0) - (mean[j] ?? 0);
      for (let k = 0; k < j; k++) rest -= (lower[j * size + k] ?? 0) * (solved[k] ?? 0);
      const entry = rest / (lower[j * size + j] ?? 1);
      solved[j] = entry;
      squares += entry * entry;
    }
    return constant - 0.5 * squares;
  });
}
