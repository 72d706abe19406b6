import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { parseRecord } from "../../record.ts";
import { messageOf } from "../user-error.ts";
import { ATTEMPT_FILES, attemptsIn } from "./attempts.ts";
import { FILES } from "./run-folder.ts";

/** What `exit.json` says of the result that its attempt wrote. */
export const fingerprint = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

/** What is wrong with the text of a result; undefined if nothing is. */
function damageOf(folder: string, text: string, path: string): string | undefined {
  try {
    parseRecord(JSON.parse(text), path);
  } catch (error) {
    return messageOf(error);
  }
  const last = attemptsIn(folder).at(-1);
  const exit = join(folder, last ?? "", ATTEMPT_FILES.exit);
  if (last === undefined || !existsSync(exit)) return undefined;
  try {
    const { result } = JSON.parse(readFileSync(exit, "utf8")) as { result?: string };
    return result === undefined || result === fingerprint(text)
      ? undefined
      : "it is not what the run wrote";
  } catch {
    // Of a result that can be read, but whose attempt's end cannot, nothing bad is known.
    return undefined;
  }
}

/** What is wrong with the result of a run; undefined if there is none, or nothing is. */
export function damageIn(folder: string): string | undefined {
  const path = join(folder, FILES.result);
  return existsSync(path) ? damageOf(folder, readFileSync(path, "utf8"), path) : undefined;
}

/**
 * Renames the result of a run if it was cut off or edited since it was written, so that the run is done again; what somebody
 * has written there is kept.
 *
 * @returns what happened, in words; undefined if nothing did
 */
export function setDamagedAside(folder: string): string | undefined {
  const damage = damageIn(folder);
  if (damage === undefined) return undefined;
  const path = join(folder, FILES.result);
  const kept = join(folder, "result.damaged.json");
  renameSync(path, kept);
  return `${path} was changed since it was written (${damage}); the run is done again, the file is kept as ${kept}.`;
}
