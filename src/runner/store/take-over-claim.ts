import { join } from "node:path";
import { StoreError } from "../user-error.ts";
import { writeJson } from "./atomic-write.ts";
import { ATTEMPT_FILES, attemptsIn, openAttempt, type Claimant } from "./attempts.ts";
import { fateOf } from "./owner.ts";

/** The owner of the newest attempt, or that its claim cannot be read; undefined where nobody holds it. */
function holder(folder: string, name: string): Claimant | "unreadable" | undefined {
  try {
    return openAttempt(folder, name)?.owner;
  } catch (error) {
    if (error instanceof StoreError) return "unreadable";
    throw error;
  }
}

/**
 * Breaks the claim on a run where it cannot be known whether its owner still works, on the word of the user that it does not;
 * results and checkpoints stay. The claim of a process that is surely at work stays as well.
 *
 * @returns what was done, in words; undefined where there was nothing to do
 */
export function takeOverClaim(folder: string): string | undefined {
  const name = attemptsIn(folder).at(-1);
  if (name === undefined) return undefined;
  const owner = holder(folder, name);
  if (owner === undefined) return undefined;
  const fate = owner === "unreadable" ? undefined : fateOf(owner);
  if (fate !== undefined && fate.state !== "unknown") return undefined;
  const from =
    owner === "unreadable"
      ? "whoever wrote a claim that cannot be read"
      : `process ${owner.pid} on ${owner.host} (${fate?.why ?? ""})`;
  // Of this attempt by its name: a newer one is somebody's who was faster.
  writeJson(join(folder, name, ATTEMPT_FILES.exit), {
    status: "lost",
    message: `taken over from ${from}`,
    ended: new Date().toISOString(),
  });
  return `${folder} is taken over from ${from}.`;
}
