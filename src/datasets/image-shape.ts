import { DataError } from "./data-error.ts";
import type { Table } from "./table.ts";

/** What the options say about images. */
export interface ImageOptions {
  readonly imageShape: readonly number[] | null;
  readonly levels: number | null;
  readonly pad: readonly number[] | null;
  readonly crop: readonly number[] | null;
}

/**
 * Rows as images [height, width, channels], where the options or the file say that they are: tables get their shape from
 * `imageShape`, arrays of rank 3 one channel, and all are padded and cropped. Counts are checked.
 *
 * @param table columns of numbers only
 * @throws DataError for shapes that do not fit, and for what is no count below `levels`
 */
export function asImages(table: Table, options: ImageOptions): Table {
  const shape = imageShape(table, options);
  const { levels, pad, crop } = options;
  if (levels !== null) checkCounts(table, levels);
  if (shape === undefined) {
    if (pad === null && crop === null) return table;
    throw new DataError(
      `${table.path}: expected images to ${pad ? "pad" : "crop"}, got rows of shape [${table.shape.join(", ")}]; ` +
        "set imageShape, or leave it out.",
    );
  }
  const image = shape.join() === table.shape.join() ? table : { ...table, shape };
  return resize(resize(image, pad, "pad"), crop, "crop");
}

function imageShape(
  { path, shape }: Table,
  { imageShape: asked }: ImageOptions,
): readonly number[] | undefined {
  const size = shape.reduce((product, d) => product * d, 1);
  if (asked === null)
    return shape.length === 2 ? [...shape, 1] : shape.length === 3 ? shape : undefined;
  const product = asked.reduce((all, d) => all * d, 1);
  if (asked.length !== 3 || product !== size)
    throw new DataError(
      `${path}: imageShape: expected [height, width, channels] with ${size} entries, as the rows have, got ` +
        `[${asked.join(", ")}]; change it, or choose columns.`,
    );
  return asked;
}

function checkCounts({ path, values, ids, shape }: Table, levels: number): void {
  const bad = values.findIndex((v) => !(Number.isInteger(v) && v >= 0 && v < levels));
  if (bad < 0) return;
  const size = shape.reduce((product, d) => product * d, 1);
  const row = ids[Math.floor(bad / size)] ?? 0;
  throw new DataError(
    `${path}: row ${row} (from 0), entry ${bad % size}: expected a whole number from 0 to ${levels - 1}, got ` +
      `${values[bad] ?? NaN}; set levels, or choose columns.`,
  );
}

/** Names of the entries of images: y0x0, y0x1, … or y0x0c0, …. */
export const pixelNames = ([height = 0, width = 0, channels = 1]: readonly number[]): string[] =>
  Array.from({ length: height * width * channels }, (_, k) => {
    const pixel = Math.floor(k / channels);
    const place = `y${Math.floor(pixel / width)}x${pixel % width}`;
    return channels === 1 ? place : `${place}c${k % channels}`;
  });

/** Centred images of another size: zeros around, or the border cut off. */
function resize(table: Table, size: readonly number[] | null, how: "pad" | "crop"): Table {
  const [h = 0, w = 0, channels = 1] = table.shape;
  if (size === null) return table;
  const [height = 0, width = 0] = size;
  const fits = how === "pad" ? height >= h && width >= w : height <= h && width <= w;
  if (size.length !== 2 || !fits)
    throw new DataError(
      `${table.path}: ${how}: expected [height, width] of at ${how === "pad" ? "least" : "most"} ${h} × ${w}, got ` +
        `[${size.join(", ")}]; change it.`,
    );
  const [top, left] = [(height - h) / 2, (width - w) / 2].map(Math.floor) as [number, number];
  const shape = [height, width, channels];
  const entries = height * width * channels;
  const values = new Float64Array(table.ids.length * entries).map((_, k) => {
    const [i, entry] = [Math.floor(k / entries), k % entries];
    const pixel = Math.floor(entry / channels);
    const [y, x] = [Math.floor(pixel / width) - top, (pixel % width) - left];
    if (y < 0 || x < 0 || y >= h || x >= w) return 0;
    return table.values[((i * h + y) * w + x) * channels + (entry % channels)] ?? 0;
  });
  return { ...table, shape, values, columns: pixelNames(shape) };
}
