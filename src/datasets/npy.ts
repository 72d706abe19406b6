/**
 * NumPy's .npy format, versions 1 to 3 (numpy.lib.format). The npm package npyjs reads it, but brings a fetch polyfill,
 * has no writer, keeps Fortran order as it is and does not notice a file that is cut short.
 */
import { DataError } from "./data-error.ts";

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major (C order), whatever the file's order. */
  readonly values: Float64Array;
}

/** Whether a file's name says that it is one. */
export const isNpyPath = (path: string): boolean => /\.npy(\.gz)?$/.test(path);

type Read = (view: DataView, at: number) => number;

/** Little-endian element types and how one is read. */
const TYPES: Readonly<Record<string, { readonly bytes: number; readonly read: Read }>> = {
  "<f8": { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  "<f4": { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  "<i8": { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  "<i4": { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  "<i2": { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  "|i1": { bytes: 1, read: (view, at) => view.getInt8(at) },
  "<u8": { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  "<u4": { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  "<u2": { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  "|u1": { bytes: 1, read: (view, at) => view.getUint8(at) },
  "|b1": { bytes: 1, read: (view, at) => view.getUint8(at) },
};

/**
 * The array of a .npy file, as float64. Integers beyond 2⁵³ are rounded.
 *
 * @param path stands in error messages only
 * @throws DataError for other formats, element types that are not listed here, and files that are cut short
 */
export function readNpy(bytes: Uint8Array, path: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { descr, fortran, shape, start } = readHeader(bytes, view, path);
  const type = TYPES[descr];
  if (type === undefined)
    throw new DataError(
      `${path}: expected an array of type ${Object.keys(TYPES).join(", ")}, got "${descr}"; ` +
        'save it with array.astype("<f8").',
    );
  const count = shape.reduce((product, d) => product * d, 1);
  const available = bytes.byteLength - start;
  if (available !== count * type.bytes)
    throw new DataError(
      `${path}: expected ${count * type.bytes} bytes of data for shape [${shape.join(", ")}], ` +
        `got ${available}; the file is ${available < count * type.bytes ? "cut short" : "too long"}, save it again.`,
    );
  const read = (index: number): number => type.read(view, start + index * type.bytes);
  const place = fortran ? fortranIndex(shape) : (index: number) => index;
  return { shape, values: new Float64Array(count).map((_, index) => read(place(index))) };
}

/** The shape that the first bytes of a .npy file say; throws DataError for other formats. */
export const readNpyShape = (bytes: Uint8Array, path: string): readonly number[] =>
  readHeader(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), path).shape;

function readHeader(bytes: Uint8Array, view: DataView, path: string) {
  const text = (from: number, to: number): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(to - from, 0)).toString("latin1");
  const broken = (got: string): DataError =>
    new DataError(`${path}: expected a NumPy .npy file, got ${got}; save it with numpy.save.`);
  if (bytes.byteLength < 12) throw broken(`${bytes.byteLength} bytes`);
  if (text(0, 6) !== MAGIC) throw broken("other data");
  const wide = view.getUint8(6) >= 2;
  const start = wide ? 12 + view.getUint32(8, true) : 10 + view.getUint16(8, true);
  if (bytes.byteLength < start) throw broken("a header that is cut short");
  const header = text(wide ? 12 : 10, start);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined)
    throw broken(`the header ${header.trim()}`);
  const shape = sizes.split(",").filter((size) => size.trim() !== "");
  return { descr, fortran: order === "True", shape: shape.map(Number), start };
}

/** Where the element of a row-major index lies in a column-major file. */
function fortranIndex(shape: readonly number[]): (index: number) => number {
  return (index) => {
    let rest = index;
    let stride = shape.reduce((product, d) => product * d, 1);
    let place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      stride /= size;
      place += (rest % size) * stride;
      rest = Math.floor(rest / size);
    }
    return place;
  };
}

/**
 * A .npy file, version 1, C order: `<f8`, `<f4` or `<i4` as the array's type says.
 *
 * @throws where the values do not fill the shape
 */
export function writeNpy(
  values: Float64Array | Float32Array | Int32Array,
  shape: readonly number[],
): Uint8Array {
  const count = shape.reduce((product, d) => product * d, 1);
  if (count !== values.length)
    throw new Error(
      `writeNpy: expected ${count} values for shape [${shape.join(", ")}], got ${values.length}.`,
    );
  const descr =
    values instanceof Float64Array ? "<f8" : values instanceof Float32Array ? "<f4" : "<i4";
  const sizes = shape.length === 1 ? `${count},` : shape.join(", ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version and length take 10 bytes; the header ends in a newline at a multiple of 64.
  const start = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + values.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(MAGIC, "latin1"));
  view.setUint8(6, 1);
  view.setUint16(8, start - 10, true);
  bytes.set(Buffer.from(`${header.padEnd(start - 11)}\n`, "latin1"), 10);
  values.forEach((value, index) => {
    const at = start + index * values.BYTES_PER_ELEMENT;
    if (descr === "<f8") view.setFloat64(at, value, true);
    else if (descr === "<f4") view.setFloat32(at, value, true);
    else view.setInt32(at, value, true);
  });
  return bytes;
}
