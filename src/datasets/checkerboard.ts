import { defineDataset } from "./dataset.ts";
import { closedForm, syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

/** Side of a square, and half the number of squares along an edge. */
const SIDE = 2;
const HALF = 2;
/** Eight of sixteen squares of area 4. */
const LOG_AREA = Math.log(32);

/**
 * Uniform on the eight squares of a 4 × 4 board on [−4, 4)² whose column and row have the same parity. Outside of them
 * log p is −Infinity.
 */
export const checkerboard: Distribution = {
  dim: 2,
  entropy: closedForm(LOG_AREA),
  logDensity(values, at) {
    const column = Math.floor((values[at] ?? NaN) / SIDE);
    const row = Math.floor((values[at + 1] ?? NaN) / SIDE);
    const onBoard = Math.min(column, row) >= -HALF && Math.max(column, row) < HALF;
    return onBoard && (column - row) % 2 === 0 ? -LOG_AREA : -Infinity;
  },
  sample(count, rng) {
    const columns = rng.integers(count, 2 * HALF);
    const rows = rng.integers(count, HALF);
    return rng.uniforms(2 * count).map((u, k) => {
      const column = (columns[k >> 1] ?? 0) - HALF;
      const row = 2 * (rows[k >> 1] ?? 0) + Math.abs(column % 2) - HALF;
      return SIDE * ((k % 2 === 0 ? column : row) + u);
    });
  },
};

export const checkerboardDataset = defineDataset({
  name: "checkerboard",
  summary: "uniform on the squares of one colour of a 4 × 4 board, 2-D",
  source: "FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), toy data",
  options: syntheticOptions,
  load: ({ options, rng }) =>
    Promise.resolve(syntheticDataset("checkerboard", checkerboard, options, rng)),
  outline: (options) => syntheticOutline(2, options),
});
