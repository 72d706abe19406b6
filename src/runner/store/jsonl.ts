import { closeSync, existsSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { fromFile, readText } from "../../run-files.ts";
import { asStored } from "./read-json.ts";

/** Appends one record. A single write with O_APPEND: records of one writer are never torn apart by another. */
export function appendJsonLine(path: string, record: unknown): void {
  const fd = openSync(path, "a");
  try {
    writeSync(fd, `${JSON.stringify(record)}\n`);
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads records. An unterminated last line is a write that was cut off and is dropped; a line in the middle that is
 * not JSON is counted.
 *
 * @throws StoreError for a file that is there but cannot be read
 */
export function readJsonLines(path: string): {
  readonly records: readonly unknown[];
  readonly bad: number;
} {
  const lines = existsSync(path)
    ? asStored(() => readText(path))
        .split("\n")
        .slice(0, -1)
    : [];
  const records: unknown[] = [];
  for (const line of lines) {
    try {
      records.push(JSON.parse(line));
    } catch {
      // Counted below.
    }
  }
  return { records, bad: lines.length - records.length };
}

/** Longer records than this are not found from a file's end. */
const TAIL = 8192;

/** The last `bytes` of a file as text; all of a shorter one, and nothing where there is none. */
export function readTail(path: string, bytes = TAIL): string {
  return existsSync(path) ? asStored(() => fromFile(path, () => tailWith(path, bytes))) : "";
}

function tailWith(path: string, bytes: number): string {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(bytes, size));
    const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8", 0, read);
  } finally {
    closeSync(fd);
  }
}

/** The last record of a file that may be long; undefined where there is none that can be read. */
export function readLastJsonLine(path: string): unknown {
  // As above, what stands behind the last line's end was cut off.
  const line = readTail(path).split("\n").at(-2);
  try {
    return line === undefined ? undefined : (JSON.parse(line) as unknown);
  } catch {
    return undefined;
  }
}
