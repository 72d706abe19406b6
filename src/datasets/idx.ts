import { DataError } from "./data-error.ts";
import type { NpyArray } from "./npy.ts";

type Read = (view: DataView, at: number) => number;

/** Element types by the third byte of the file; numbers are big-endian. */
const TYPES: Readonly<Record<number, { readonly bytes: number; readonly read: Read }>> = {
  0x08: { bytes: 1, read: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, read: (view, at) => view.getFloat64(at) },
};

/** Whether a file's name says that it is one, as in MNIST's t10k-images-idx3-ubyte.gz. */
export const isIdxPath = (path: string): boolean => /[.-]idx\d?(-u?byte)?(\.gz)?$/i.test(path);

/** Whether an idx file holds whole numbers, as those of images do. */
export const holdsCounts = (file: Uint8Array): boolean => (file[2] ?? 0) < 0x0d;

/**
 * The array of an idx file, the format of MNIST (LeCun, Cortes & Burges): two zero bytes, type, number of dimensions, their
 * sizes, then the numbers row by row.
 *
 * @param path stands in error messages only
 * @throws DataError for other formats and for files that are cut short or too long
 */
export function readIdx(bytes: Uint8Array, path: string): NpyArray {
  const { shape, type, start, view } = readIdxHeader(bytes, path);
  const count = shape.reduce((product, d) => product * d, 1);
  const available = bytes.byteLength - start;
  if (available !== count * type.bytes)
    throw new DataError(
      `${path}: expected ${count * type.bytes} bytes of data for shape [${shape.join(", ")}], got ${available}; ` +
        `the file is ${available < count * type.bytes ? "cut short" : "too long"}, copy or download it again.`,
    );
  return {
    shape,
    values: new Float64Array(count).map((_, i) => type.read(view, start + i * type.bytes)),
  };
}

/** What the first bytes of an idx file say; throws DataError for other formats. */
export function readIdxHeader(bytes: Uint8Array, path: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = (got: string): DataError =>
    new DataError(
      `${path}: expected an idx file, which starts with 0, 0, a type and a number of dimensions, got ${got}; ` +
        "copy or download it again.",
    );
  if (bytes.byteLength < 4) throw broken(`${bytes.byteLength} bytes`);
  const [zero, alsoZero, code = 0, rank = 0] = bytes.subarray(0, 4);
  const type = TYPES[code];
  if (zero !== 0 || alsoZero !== 0 || type === undefined || rank === 0)
    throw broken(`the bytes ${[...bytes.subarray(0, 4)].join(", ")}`);
  const start = 4 + 4 * rank;
  if (bytes.byteLength < start) throw broken("a header that is cut short");
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { shape, type, start, view };
}
