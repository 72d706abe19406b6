import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { hasCheckpoint } from "./checkpoints.ts";
import type { Config } from "./config/resolve.ts";
import { writeJson } from "./store/atomic-write.ts";
import { FILES, readResult } from "./store/run-folder.ts";
import { readJson } from "./store/read-json.ts";
import { UserError } from "./user-error.ts";

/** The data that a run began with, `data.json`. */
export interface DataState {
  /** SHA-256 of each file that the options of the data set name, by path as it stands there. */
  readonly files: Readonly<Record<string, string>>;
  /** The data set's digest of its rows and split. */
  readonly digest: string;
}

const CHUNK = 1 << 20;

/** SHA-256 of a file, 16 digits; undefined where there is no such file. */
function hashFile(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(CHUNK);
  const fd = openSync(path, "r");
  try {
    for (let n = readSync(fd, buffer); n > 0; n = readSync(fd, buffer))
      hash.update(buffer.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex").slice(0, 16);
}

type Hash = (path: string) => string | undefined;

/** Hashes files of a folder, each of them once. */
function fileHasher(cwd: string): Hash {
  const known = new Map<string, string | undefined>();
  return (path) => {
    const absolute = resolve(cwd, path);
    if (!known.has(absolute)) known.set(absolute, hashFile(absolute));
    return known.get(absolute);
  };
}

const textsIn = (x: unknown): readonly string[] =>
  typeof x === "string"
    ? [x]
    : typeof x === "object" && x !== null
      ? Object.values(x).flatMap(textsIn)
      : [];

/**
 * Hashes of the files that the options of a data set name. Which option is a path only the data set knows, so every
 * text that is the path of a file counts.
 */
export function dataFiles({ data }: Pick<Config, "data">): DataState["files"] {
  const hash = fileHasher(process.cwd());
  return Object.fromEntries(
    textsIn({ ...data, name: null }).flatMap((path) => {
      const found = hash(path);
      return found === undefined ? [] : [[path, found]];
    }),
  );
}

const changedError = (folder: string, what: string): UserError =>
  new UserError(
    `${folder}: ${what} changed since this run, so its numbers belong to other rows; do it again with --force, or choose another --out.`,
  );

function readState(folder: string): DataState | undefined {
  const path = join(folder, FILES.data);
  return existsSync(path) ? (readJson(path) as DataState) : undefined;
}

/** Whether a run that is started again takes over a result or a checkpoint of an earlier try. */
function isTakenUp(folder: string): boolean {
  const status = readResult(folder)?.status;
  if (status === "done") return true;
  return status !== "diverged" && hasCheckpoint(join(folder, FILES.checkpoint));
}

/** Files that a run has read and that hold something else by now. A file that is gone says nothing and is passed over. */
const changedFiles = (folder: string, hash: Hash): readonly string[] =>
  Object.entries(readState(folder)?.files ?? {})
    .filter(([path, before]) => ![undefined, before].includes(hash(path)))
    .map(([path]) => path);

/** Whether files that a run has read hold something else by now. */
export const haveDataFilesChanged = (folder: string, cwd: string): boolean =>
  changedFiles(folder, fileHasher(cwd)).length > 0;

/**
 * Checks that files which a run has read still hold what they held, where its result or checkpoint would be used
 * again. A file that is gone says nothing about the numbers and is passed over.
 *
 * @param folders of runs
 * @param cwd where their relative paths start
 * @throws UserError with the folder and the files
 */
export function assertDataFiles(folders: readonly string[], cwd = process.cwd()): void {
  const hash = fileHasher(cwd);
  for (const folder of folders) {
    const changed = isTakenUp(folder) ? changedFiles(folder, hash) : [];
    if (changed.length > 0) throw changedError(folder, `the data (${changed.join(", ")})`);
  }
}

/**
 * Checks that a run which goes on from a checkpoint has the rows that it began with.
 *
 * @param digest of the data set that was loaded
 * @throws UserError if they are others
 */
export function assertSameRows(folder: string, digest: string): void {
  const before = readState(folder)?.digest;
  if (before !== undefined && before !== digest && isTakenUp(folder))
    throw changedError(folder, `the data (digest ${before}, now ${digest})`);
}

/** Writes down what data a run begins with. */
export const keepDataState = (folder: string, state: DataState): void => {
  writeJson(join(folder, FILES.data), state);
};
