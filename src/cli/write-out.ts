import { dirname } from "node:path";
import { writeAtomic } from "../runner/store/atomic-write.ts";
import { makeFolder } from "../runner/store/make-folder.ts";
import { messageOf, UserError } from "../runner/user-error.ts";

function reasonOf(error: unknown): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (["EEXIST", "ENOTDIR"].includes(code)) return "a part of its path is a file, not a folder";
  // Without the call, which names a temporary file: "EACCES: permission denied, open '…'".
  return messageOf(error).replace(/, \w+ '.*$/s, "");
}

/**
 * Writes a file that the user asked for, all of it or nothing, and makes the folder that it goes to.
 *
 * @throws UserError where that cannot be done
 */
export function writeOut(path: string, contents: string | Uint8Array): void {
  try {
    makeFolder(dirname(path));
    writeAtomic(path, contents);
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${reasonOf(error)}; choose another --out.`, {
      cause: error,
    });
  }
}
