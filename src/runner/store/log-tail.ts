import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { ATTEMPT_FILES, attemptsIn } from "./attempts.ts";

/** Bytes that are looked at from the end. */
const REACH = 16_384;

/** The last lines of the log of a run's newest attempt; "" where there is none. */
export function logTail(folder: string, lines: number): string {
  const attempt = attemptsIn(folder).at(-1);
  const path = join(folder, attempt ?? "", ATTEMPT_FILES.log);
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
