import type { NumericArray, Shape } from "../engine/index.ts";

/** Named arrays of a file; `metadata` is free text. */
export interface Tensorfile {
  readonly arrays: Readonly<
    Record<string, { readonly shape: Shape; readonly values: NumericArray }>
  >;
  readonly metadata?: Readonly<Record<string, string>>;
}

const BYTES = { F32: 4, F64: 8, I32: 4 } as const;
type StoredType = keyof typeof BYTES;
const isStoredType = (name: unknown): name is StoredType =>
  typeof name === "string" && Object.hasOwn(BYTES, name);

/** The length of the header, an unsigned 64-bit integer. */
const PREFIX = 8;

/** The narrowest type that loses nothing: F32 where every value survives rounding to float32. */
function storedType(values: NumericArray): StoredType {
  if (values instanceof Int32Array || values instanceof Uint8Array) return "I32";
  return values.every((value) => Object.is(Math.fround(value), value)) ? "F32" : "F64";
}

/**
 * The safetensors format (github.com/huggingface/safetensors): length of the header (8 bytes, little-endian), a header
 * in JSON, the data. Decoding gives back the same numbers, whatever type they were stored in.
 */
export function encodeSafetensors({ arrays, metadata }: Tensorfile): Uint8Array {
  const header: Record<string, unknown> = {};
  if (metadata) header["__metadata__"] = metadata;
  let end = 0;
  const entries = Object.entries(arrays).map(([name, { shape, values }]) => {
    const dtype = storedType(values);
    const begin = end;
    end += BYTES[dtype] * values.length;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
    return { dtype, begin, values };
  });
  const text = JSON.stringify(header);
  // Spaces up to a multiple of 8, so that the data is aligned.
  const encoded = new TextEncoder().encode(text);
  const headerLength = Math.ceil(encoded.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, PREFIX, PREFIX + headerLength);
  bytes.set(encoded, PREFIX);
  for (const { dtype, begin, values } of entries) {
    const at = PREFIX + headerLength + begin;
    values.forEach((value, i) => {
      if (dtype === "F32") view.setFloat32(at + 4 * i, value, true);
      else if (dtype === "F64") view.setFloat64(at + 8 * i, value, true);
      else view.setInt32(at + 4 * i, value, true);
    });
  }
  return bytes;
}

/** @param who the file, for error messages */
export function decodeSafetensors(bytes: Uint8Array, who: string): Required<Tensorfile> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= PREFIX ? Number(view.getBigUint64(0, true)) : Infinity;
  if (headerLength > bytes.length - PREFIX)
    throw damaged(who, `its header does not fit into ${bytes.length} bytes`);
  const header = parseHeader(bytes.subarray(PREFIX, PREFIX + headerLength), who);
  const start = PREFIX + headerLength;
  const arrays: Record<string, { shape: Shape; values: NumericArray }> = {};
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") metadata = entry as Record<string, string>;
    else arrays[name] = readEntry(name, entry, view, start, who);
  }
  return { arrays, metadata };
}

function parseHeader(bytes: Uint8Array, who: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null) return header as Record<string, unknown>;
  } catch {
    // Falls through to the one message for every kind of unreadable header.
  }
  throw damaged(who, "its header is not a JSON object");
}

function readEntry(name: string, entry: unknown, view: DataView, start: number, who: string) {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const wholeNumbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isInteger(n) && n >= 0);
  if (!isStoredType(dtype))
    throw damaged(who, `"${name}" has the type ${JSON.stringify(dtype)}, expected F32, F64 or I32`);
  if (!wholeNumbers(shape) || !wholeNumbers(offsets) || offsets.length !== 2)
    throw damaged(who, `"${name}" has no valid shape and data_offsets`);
  const [begin = 0, end = 0] = offsets;
  const count = shape.reduce((product, d) => product * d, 1);
  if (end - begin !== count * BYTES[dtype])
    throw damaged(who, `"${name}" of shape [${shape.join(", ")}] has ${end - begin} bytes`);
  if (start + end > view.byteLength)
    throw damaged(who, `"${name}" ends behind the end of the file`);
  const at = (i: number): number => start + begin + i * BYTES[dtype];
  const values = dtype === "I32" ? new Int32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++)
    values[i] =
      dtype === "F32"
        ? view.getFloat32(at(i), true)
        : dtype === "F64"
          ? view.getFloat64(at(i), true)
          : view.getInt32(at(i), true);
  return { shape, values };
}

const damaged = (who: string, what: string): Error =>
  new Error(`${who}: not a readable safetensors file: ${what}. Was it cut short or altered?`);
