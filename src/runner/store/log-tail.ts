import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/** Bytes that are looked at from the end. */
const REACH = 16_384;

/** The last lines of the log of a run's newest attempt; "" where there is none. */
export function logTail(folder: string, lines: number): string {
  const attempt = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.startsWith("attempt-"))
        .sort()
        .at(-1)
    : undefined;
  const path = join(folder, attempt ?? "", "log.txt");
  if (attempt === undefined || !existsSync(path)) return "";
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(REACH, size));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(file);
  }
}
