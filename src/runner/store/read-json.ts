import { readText, UnusableFile } from "../../run-files.ts";
import { messageOf, StoreError } from "../user-error.ts";

/** What reads a file, with what is wrong with the file as a StoreError. */
export function asStored<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnusableFile) throw new StoreError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Reads a file that Flowmeter wrote, which has an object. Since it writes whole files, one that cannot be read was changed by
 * something else.
 *
 * @param cure what to do where it was damaged
 * @throws StoreError with the path
 */
export function readJson(path: string, cure = "restore it, or remove it"): object {
  const text = asStored(() => readText(path));
  const damaged = (why: string, cause?: unknown): StoreError =>
    new StoreError(`${path} was damaged since it was written (${why}); ${cure}.`, {
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(messageOf(error), error);
  }
  if (typeof value === "object" && value !== null) return value;
  throw damaged(`expected an object, got ${text.trim()}`);
}
