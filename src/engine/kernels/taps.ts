import { constant, sizeOf, type Value } from "../graph.ts";
import { ints, reshape, scalar, transpose, type Emitter } from "./kernel.ts";

/** Rows and columns: by which a tap of a filter is shifted against the output, of a stride, of a size. */
export type Offset = readonly [number, number];

/** The shifted copies of an image as a matrix. */
export interface Taps {
  /** [pixels, taps · C], or [taps · C, pixels]. */
  readonly matrix: Value;
  readonly transposed: boolean;
}

/** Fewer channels are copied in runs along the rows of the image, which are longer. */
const FEW_CHANNELS = 16;

/** [N, H, W, C] → [C, N, H, W], and back. */
const channelsFirst = (to: Emitter, x: Value): Value => transpose(to, x, [3, 0, 1, 2]);
export const channelsLast = (to: Emitter, x: Value): Value => transpose(to, x, [1, 2, 3, 0]);

/** x [N, H, W, C] → the copies of it that the taps see, each of the output's size. */
export function tapsOf(
  to: Emitter,
  x: Value,
  offsets: readonly Offset[],
  size: Offset,
  stride: Offset = [1, 1],
): Taps {
  const [n, , , c] = x.shape as [number, number, number, number];
  if (c >= FEW_CHANNELS)
    return { matrix: gathered(to, x, offsets, size, stride), transposed: false };
  const view = views(to, channelsFirst(to, x), offsets, size, stride);
  const copies = offsets.map((offset) => view([0, c], offset));
  const [rows, columns] = [offsets.length * c, n * sizeOf(size)];
  const laid = to.emit("Concat", copies, [rows, n, ...size], x.type, { axis: 0 });
  return { matrix: reshape(to, laid, [rows, columns]), transposed: true };
}

/** x [N, H, W, C] → [N · OH · OW, taps · C]: beside each other what each tap sees, one copy of C numbers per tap and pixel. */
function gathered(
  to: Emitter,
  x: Value,
  offsets: readonly Offset[],
  [oh, ow]: Offset,
  stride: Offset,
): Value {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const { top, left, bottom, right } = border(offsets, [h, w], [oh, ow], stride);
  const [down, across] = [h + top + bottom, w + left + right];
  const pads = ints([0, top, left, 0, 0, bottom, right, 0]);
  const padded = to.emit("Pad", [x, pads, scalar(0, x.type)], [n, down, across, c], x.type);
  const places = Array.from({ length: oh * ow }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / ow) * stride[0], (pixel % ow) * stride[1]];
    return offsets.map(([y, z]) => (row + y + top) * across + column + z + left);
  });
  const table = constant(places.flat(), [oh * ow, offsets.length], "int64");
  const pixels = reshape(to, padded, [n, down * across, c]);
  const shape = [n, oh * ow, offsets.length, c];
  const copies = to.emit("Gather", [pixels, table], shape, x.type, { axis: 1 });
  return reshape(to, copies, [n * oh * ow, offsets.length * c]);
}

/** How many rows and columns the taps reach beyond an image. */
function border(offsets: readonly Offset[], size: Offset, out: Offset, stride: Offset) {
  const before = (i: 0 | 1): number => Math.max(0, ...offsets.map((o) => -o[i]));
  const after = (i: 0 | 1): number =>
    Math.max(0, ...offsets.map((o) => o[i] + (out[i] - 1) * stride[i] + 1 - size[i]));
  return { top: before(0), left: before(1), bottom: after(0), right: after(1) };
}

/** x [K, N, H, W] with zeros around, and the view of it that each offset asks for. */
function views(
  to: Emitter,
  x: Value,
  offsets: readonly Offset[],
  [oh, ow]: Offset,
  stride: Offset = [1, 1],
): (channels: Offset, offset: Offset) => Value {
  const [k, n, h, w] = x.shape as [number, number, number, number];
  const { top, left, bottom, right } = border(offsets, [h, w], [oh, ow], stride);
  const shape = [k, n, h + top + bottom, w + left + right];
  const pads = ints([0, 0, top, left, 0, 0, bottom, right]);
  const padded = to.emit("Pad", [x, pads, scalar(0, x.type)], shape, x.type);
  const span = [(oh - 1) * stride[0] + 1, (ow - 1) * stride[1] + 1] as const;
  return ([first, last], [y, z]) =>
    to.emit(
      "Slice",
      [
        padded,
        ints([first, y + top, z + left]),
        ints([last, y + top + span[0], z + left + span[1]]),
        ints([0, 2, 3]),
        ints([1, ...stride]),
      ],
      [last - first, n, oh, ow],
      x.type,
    );
}

/** q [taps · K, N, H, W] → [K, N, OH, OW]: the sum of the taps, each shifted by its offset. */
export function shiftedSum(to: Emitter, q: Value, offsets: readonly Offset[], size: Offset): Value {
  const k = (q.shape[0] as number) / offsets.length;
  const view = views(to, q, offsets, size);
  return offsets
    .map((offset, tap) => view([tap * k, (tap + 1) * k], offset))
    .reduce((sum, part) => to.emit("Add", [sum, part], part.shape, part.type));
}

/** q [K, N, H, W] with stride − 1 zeros between its rows and columns. */
export function spaced(to: Emitter, q: Value, [sy, sx]: Offset): Value {
  if (sy === 1 && sx === 1) return q;
  const [k, n, h, w] = q.shape as [number, number, number, number];
  const cells = reshape(to, q, [k * n, h, 1, w, 1]);
  const zeros = ints([0, 0, 0, 0, 0, 0, 0, sy - 1, 0, sx - 1]);
  const padded = to.emit("Pad", [cells, zeros, scalar(0, q.type)], [k * n, h, sy, w, sx], q.type);
  return reshape(to, padded, [k, n, h * sy, w * sx]);
}
