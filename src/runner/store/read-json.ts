import { readFileSync } from "node:fs";
import { messageOf, StoreError } from "../user-error.ts";

/**
 * Reads a file that Flowmeter wrote. Since it writes whole files, one that cannot be read was changed by something else.
 *
 * @throws StoreError with the path
 */
export function readJson(path: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StoreError(
      `${path} was damaged since it was written (${messageOf(error)}); restore it, or remove it.`,
      { cause: error },
    );
  }
}
