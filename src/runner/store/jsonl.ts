import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";

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
 */
export function readJsonLines(path: string): {
  readonly records: readonly unknown[];
  readonly bad: number;
} {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
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
