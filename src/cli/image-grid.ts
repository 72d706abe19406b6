import { writePng } from "../datasets/png.ts";
import type { Rows } from "../math/rows.ts";
import { writeAtomic } from "../runner/store/atomic-write.ts";
import { messageOf, UserError } from "../runner/user-error.ts";

export interface GridOptions {
  /** [height, width, channels]; 1 channel is grey, 3 are RGB. */
  readonly image: readonly number[];
  /** Rows are counts 0 … levels − 1 plus a fraction; without it the smallest value is black and the largest white. */
  readonly levels?: number;
  /** Images side by side. */
  readonly columns: number;
  /** Pixels that a pixel becomes, per side; images of less than 64 pixels are enlarged unless told otherwise. */
  readonly scale?: number;
}

const SMALLEST_SIDE = 64;
/** Between images, and what is left over in the last line. */
const PAPER = 255;

/** Value of an entry → brightness 0 … 255; what lies beyond the levels is cut off. */
function brightness({ values }: Rows, levels: number | undefined): (value: number) => number {
  if (levels !== undefined)
    return (value) =>
      Math.round((255 * Math.min(Math.max(Math.floor(value), 0), levels - 1)) / (levels - 1));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return (value) => (high > low ? Math.round((255 * (value - low)) / (high - low)) : 128);
}

/**
 * The bytes of a PNG with images in a grid, line by line, enlarged by a whole factor, one pixel of paper between them.
 *
 * @throws UserError for images that are neither grey nor RGB, and where there is none
 */
export function imageGrid(
  rows: Rows,
  { image, levels, columns, scale: asked }: GridOptions,
): Uint8Array {
  const [height = 0, width = 0, channels = 0] = image;
  if (channels !== 1 && channels !== 3)
    throw new UserError(
      `expected images of 1 channel (grey) or 3 (RGB) to draw, got ${channels}; write .npy instead.`,
    );
  if (rows.count === 0)
    throw new UserError("expected at least one image to draw, got none; ask for more (--n).");
  const scale = asked ?? Math.max(1, Math.ceil(SMALLEST_SIDE / Math.max(height, width)));
  const lines = Math.ceil(rows.count / columns);
  const [cellHeight, cellWidth] = [height * scale + 1, width * scale + 1];
  const size = { height: lines * cellHeight - 1, width: columns * cellWidth - 1 };
  const bright = brightness(rows, levels);
  const values = new Uint8Array(size.height * size.width * channels).fill(PAPER);
  for (let k = 0; k < values.length; k++) {
    const pixel = Math.floor(k / channels);
    const [y, x] = [Math.floor(pixel / size.width), pixel % size.width];
    const number = Math.floor(y / cellHeight) * columns + Math.floor(x / cellWidth);
    const [row, column] = [
      Math.floor((y % cellHeight) / scale),
      Math.floor((x % cellWidth) / scale),
    ];
    if (number >= rows.count || row >= height || column >= width) continue;
    const entry = ((number * height + row) * width + column) * channels + (k % channels);
    values[k] = bright(rows.values[entry] ?? NaN);
  }
  return writePng({ ...size, channels, values });
}

/**
 * Writes images as a grid.
 *
 * @throws UserError for a name that does not end in .png, and where it cannot be written
 */
export function writeGrid(path: string, rows: Rows, options: GridOptions): void {
  if (!path.endsWith(".png"))
    throw new UserError(`--out ${path}: expected a name that ends in .png.`);
  const bytes = imageGrid(rows, options);
  try {
    writeAtomic(path, bytes);
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${messageOf(error)}.`, { cause: error });
  }
}
