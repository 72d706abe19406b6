/**
 * A table of rows in float64, row-major: `values[i * size + j]` is entry j of row i.
 * `shape` is that of one row, [D] for tables and [height, width, channels] for images; `size` is its product.
 */
export interface Rows {
  readonly count: number;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Entries per row. */
export const rowSize = (rows: Rows): number => rows.shape.reduce((product, d) => product * d, 1);
