import { randomUUID } from "node:crypto";
import { existsSync, linkSync, rmSync } from "node:fs";
import { writeJson } from "../store/atomic-write.ts";
import { readJson } from "../store/read-json.ts";

/**
 * Writes a file that two processes may want to write with different contents: the first one wins, and both see all of it.
 *
 * @returns what stands there
 */
export function writeOnce<T>(path: string, value: T): T {
  const read = (): T => readJson(path) as T;
  if (existsSync(path)) return read();
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeJson(temporary, value);
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return read();
}
