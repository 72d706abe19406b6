import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeJson } from "./atomic-write.ts";
import { ATTEMPT_FILES, attemptsIn, openAttempt } from "./attempts.ts";
import { readJson } from "./read-json.ts";

/**
 * Says on behalf of an owner that is gone that its attempt is over, so that the run may be claimed again. To be called only
 * on the word of who must know, as the batch system of its job.
 *
 * @param message how the owner ended
 */
export function breakClaim(folder: string, message: string): void {
  const open = openAttempt(folder);
  if (open === undefined) return;
  const ended = new Date().toISOString();
  writeJson(join(folder, open.name, ATTEMPT_FILES.exit), { status: "lost", message, ended });
}

/** The folder of the newest attempt. */
export function lastAttempt(folder: string): string | undefined {
  const name = attemptsIn(folder).at(-1);
  return name === undefined ? undefined : join(folder, name);
}

/** How the newest attempt ended, by its own words; undefined if there is none or it has not said so. */
export function lastExit(
  folder: string,
): { readonly status: string; readonly message?: string } | undefined {
  const attempt = lastAttempt(folder);
  const path = attempt === undefined ? undefined : join(attempt, ATTEMPT_FILES.exit);
  return path !== undefined && existsSync(path)
    ? (readJson(path) as { status: string; message?: string })
    : undefined;
}
