import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

import { DataError } from "./data-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

/**
 * The bytes of a file, unpacked where they are gzip's.
 *
 * @throws DataError for a file that is missing, unreadable, empty or a cut or damaged gzip
 */
export async function readBytes(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = codeOf(error);
    throw new DataError(
      `${path}: expected a readable file, got ${REASONS[code] ?? code}; ` +
        "check the path, which counts from the working folder.",
    );
  }
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (bytes.length > 0 && !packed && path.endsWith(".gz"))
    throw new DataError(`${path}: expected gzip data, got something else; unpack or rename it.`);
  if (packed) bytes = unpack(path, bytes);
  if (bytes.length === 0)
    throw new DataError(`${path}: expected rows of numbers, got an empty file; make it again.`);
  return bytes;
}

function unpack(path: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const cut = codeOf(error) === "Z_BUF_ERROR";
    throw new DataError(
      `${path}: expected complete gzip data, got ${cut ? "a file that is cut short" : "damaged data"} ` +
        `(${bytes.length} bytes); copy or download it again.`,
    );
  }
}
