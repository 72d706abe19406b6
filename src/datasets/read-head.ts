import { open, stat } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
import { readBytes } from "./read-bytes.ts";

/** So much of a file tells what it holds. */
const HEAD = 1 << 20;

/** The beginning of a file does not tell what it holds; only reading all of it does. */
export class HeadTooShort extends Error {
  override readonly name = "HeadTooShort";
}

/**
 * The beginning of a file, unpacked where it is gzip's, and whether that is all of it.
 *
 * @throws DataError as readBytes does, but for a gzip that is damaged behind the beginning
 */
export async function readHead(
  path: string,
): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
  const size = await sizeOf(path);
  // What is small, missing or no file is read, or refused, as a whole.
  if (size <= HEAD) return { bytes: await readBytes(path), complete: true };
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.subarray(0, bytesRead);
    const packed = head[0] === 0x1f && head[1] === 0x8b;
    return { bytes: packed ? unpack(head) : head, complete: false };
  } finally {
    await file.close();
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** As much of a gzip as its beginning holds. */
function unpack(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new HeadTooShort("a gzip that cannot be unpacked", { cause: error });
  }
}
