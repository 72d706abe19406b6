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
export const rowSize = (rows: Pick<Rows, "shape">): number =>
  rows.shape.reduce((product, d) => product * d, 1);

/** Rows from their values; throws where the values are no whole number of rows. */
export function makeRows(values: Float64Array, shape: readonly number[]): Rows {
  const size = shape.reduce((product, d) => product * d, 1);
  if (size < 1 || values.length % size !== 0)
    throw new Error(
      `makeRows: expected a multiple of ${size} values for rows of shape [${shape.join(", ")}], got ${values.length}.`,
    );
  return { count: values.length / size, shape, values };
}

/** The rows of these numbers, copied, in this order. */
export function selectRows(rows: Rows, indices: ArrayLike<number>): Rows {
  const size = rowSize(rows);
  const values = new Float64Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] ?? 0) * size;
    values.set(rows.values.subarray(start, start + size), i * size);
  }
  return { count: indices.length, shape: rows.shape, values };
}

/** The rows start..start+count−1, fewer where there are not so many; their values are shared. */
export function sliceRows(rows: Rows, start: number, count: number): Rows {
  const size = rowSize(rows);
  const kept = Math.max(0, Math.min(count, rows.count - start));
  const values = rows.values.subarray(start * size, (start + kept) * size);
  return { ...rows, count: kept, values };
}

/** The first `count` rows, fewer where there are not so many; their values are shared. */
export const firstRows = (rows: Rows, count: number): Rows => sliceRows(rows, 0, count);

/** Rows of one shape, one part below the other. */
export function stackRows(parts: readonly [Rows, ...Rows[]]): Rows {
  const values = new Float64Array(parts.reduce((length, part) => length + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { count, shape: parts[0].shape, values };
}

/** Rows with as many others beside them, flat. */
export function joinColumns(left: Rows, right: Rows): Rows {
  const [a, b] = [rowSize(left), rowSize(right)];
  const values = new Float64Array(left.count * (a + b));
  for (let i = 0; i < left.count; i++) {
    values.set(left.values.subarray(i * a, (i + 1) * a), i * (a + b));
    values.set(right.values.subarray(i * b, (i + 1) * b), i * (a + b) + a);
  }
  return { count: left.count, shape: [a + b], values };
}
