import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseRecord, type RunRecord } from "./record.ts";

// What whoever reads records must know of the folders of runs, be it the runner or a table: where a record lies, and what
// tells whether it still is what its run wrote.
const RESULT = "result.json";
const EXIT = "exit.json";

/** Whether a name from a list of runs stays in the folder that holds the list. */
export const isRunName = (name: unknown): name is string =>
  typeof name === "string" && /^[\w.-]+$/.test(name) && !/^\.*$/.test(name);

/** What is wrong with a name that is none of a run. */
export const badRunName = (name: unknown): string =>
  `expected names of letters, digits and "-._", got ${JSON.stringify(name)}`;

/** Names of the attempts at a run, the oldest first; none where there is no such folder. */
export const attemptsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^attempt-\d+$/.test(name))
        .sort((a, b) => attemptNumber(a) - attemptNumber(b))
    : [];

/** `attempt-0002` → 2. */
export const attemptNumber = (name: string): number => Number(name.slice("attempt-".length));

/** What is there cannot be used. The message names the file and the cure. */
export class UnusableFile extends Error {
  override readonly name: string = "UnusableFile";
}

/**
 * What reads a file that must be there.
 *
 * @throws UnusableFile with the cure where it cannot be had: it is gone, a folder, or another user's
 */
export function fromFile<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new UnusableFile(
      code === "EACCES" || code === "EPERM"
        ? `${path} cannot be read by this user (${message}); make it readable.`
        : `${path} cannot be read (${message}); restore it.`,
    );
  }
}

/** The bytes of a file. Throws UnusableFile where they cannot be had. */
export const readBytes = (path: string): Buffer => fromFile(path, (at) => readFileSync(at));

/** The same as text. */
export const readText = (path: string): string => readBytes(path).toString("utf8");

/** A file that is not what was written there: cut, or edited by hand. */
export class DamagedFile extends UnusableFile {
  override readonly name = "DamagedFile";
  /** What is wrong with it, in a few words. */
  readonly why: string;
  constructor(path: string, why: string, cure: string) {
    super(`${path} was damaged since it was written (${why}); ${cure}`);
    this.why = why;
  }
}

const damagedRecord = (folder: string, why: string): DamagedFile =>
  new DamagedFile(join(folder, RESULT), why, `do the run again with: flowmeter resume ${folder}`);

/** What `exit.json` says of the result that its attempt wrote. */
export const fingerprint = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

/** How an attempt ended; undefined where that cannot be read, of which nothing bad follows for a result that can. */
function exitOf(path: string): { readonly status?: string; readonly result?: string } | undefined {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) ?? {}) as { status?: string; result?: string };
  } catch {
    return undefined;
  }
}

/** The fingerprint of the result by the attempt that wrote it; undefined where it did not say. */
function writtenResult(folder: string): string | undefined {
  for (const name of attemptsIn(folder).toReversed()) {
    const exit = exitOf(join(folder, name, EXIT));
    // One that found the run done wrote nothing.
    if (exit?.status !== "reused") return exit?.result;
  }
  return undefined;
}

/**
 * The record of a run; undefined while it has none.
 *
 * @param folder the run's folder
 * @throws DamagedFile where something else has written into it
 */
export function readRecord(folder: string): RunRecord | undefined {
  const path = join(folder, RESULT);
  if (!existsSync(path)) return undefined;
  const text = readText(path);
  let record: RunRecord;
  try {
    record = parseRecord(JSON.parse(text), RESULT);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw damagedRecord(folder, why.replace(/\.$/, ""));
  }
  // What failed is written by who started the run, and has no fingerprint.
  const written = writtenResult(folder);
  if (written !== undefined && written !== fingerprint(text))
    throw damagedRecord(folder, "it is not what the run wrote");
  return record;
}
