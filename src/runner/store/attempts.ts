import { existsSync } from "node:fs";
import { join } from "node:path";
import { attemptNumber, attemptsIn } from "../../run-files.ts";
import type { Owner } from "./owner.ts";
import { StoreError } from "../user-error.ts";
import { readJson } from "./read-json.ts";

export { attemptNumber, attemptsIn };

/** Names inside the folder of an attempt. */
export const ATTEMPT_FILES = {
  owner: "owner.json",
  log: "log.txt",
  metrics: "metrics.jsonl",
  exit: "exit.json",
  /** When it was asked to stop. */
  stop: "stop.json",
} as const;

/** Who works on an attempt, as its `owner.json` has it. */
export interface Claimant extends Owner {
  /** Device and inode of the folder that was claimed: in a copy of it nobody works. Attempts of 0.1.0 may lack it. */
  readonly place?: string;
  readonly started?: string;
}

export const countAttempts = (folder: string): number => attemptsIn(folder).length;

export const attemptName = (number: number): string => `attempt-${String(number).padStart(4, "0")}`;

/** Throws StoreError where it is no claim. */
function readClaimant(path: string): Claimant {
  try {
    const { host, pid } = readJson(path) as Partial<Claimant>;
    if (typeof host === "string" && typeof pid === "number") return readJson(path) as Claimant;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
  throw new StoreError(
    `${path} was damaged since it was written: expected the host and number of a process; if none works on the run, take it over with --take-over.`,
  );
}

/** The newest attempt and its claimant, if it has not ended by itself. Throws StoreError where the claim was damaged. */
export function openAttempt(
  folder: string,
  name = attemptsIn(folder).at(-1),
): { readonly owner: Claimant; readonly name: string } | undefined {
  if (name === undefined || existsSync(join(folder, name, ATTEMPT_FILES.exit))) return undefined;
  const path = join(folder, name, ATTEMPT_FILES.owner);
  // A claim has its owner from its first moment on, so without one nobody can be working there.
  return existsSync(path) ? { owner: readClaimant(path), name } : undefined;
}
