import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { fromFile } from "../../run-files.ts";
import { ATTEMPT_FILES, attemptsIn, openAttempt } from "./attempts.ts";
import { isGone } from "./owner.ts";
import { asStored } from "./read-json.ts";
import { FILES, lookAt } from "./run-folder.ts";
import { hasEnded, supervises, supervisorsOf, type Supervisor } from "./supervisors.ts";

/**
 * Reads a file that grows: each call gives what was added since the one before, in whole characters. A file that got shorter
 * or was replaced is read from its start; one that is missing, when it comes.
 */
export function tailOf(path: string): () => string {
  let inode: number | undefined;
  let offset = 0;
  let decoder = new StringDecoder("utf8");
  const more = (): string => {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now === undefined) return "";
    if (now.ino !== inode || now.size < offset) {
      inode = now.ino;
      offset = 0;
      decoder = new StringDecoder("utf8");
    }
    const buffer = Buffer.alloc(now.size - offset);
    const fd = openSync(path, "r");
    try {
      const read = readSync(fd, buffer, 0, buffer.length, offset);
      offset += read;
      return decoder.write(buffer.subarray(0, read));
    } finally {
      closeSync(fd);
    }
  };
  return () => asStored(() => fromFile(path, more));
}

/** What was added to a run's log. */
export interface News {
  /** Pieces by attempt, the older first. */
  readonly pieces: readonly { readonly attempt: string; readonly text: string }[];
  /** Nothing will be added any more. */
  readonly over: boolean;
}

/** Those who may still begin another attempt: only processes that do the sweep would. */
const supervisorsAtWork = (sweep: string): readonly Supervisor[] =>
  supervisorsOf(sweep).filter((supervisor) => supervises(supervisor, sweep));

const isHeld = (run: string): boolean => {
  const open = openAttempt(run);
  return open !== undefined && !isGone(open.owner);
};

/** Whether nothing will be added to the log of a run any more, or to that of one attempt at it. */
export function isOver(run: string, attempt?: string): boolean {
  const { state } = lookAt(run);
  if (state === "done") return true;
  if (attempt !== undefined) {
    const exit = join(run, attempt, ATTEMPT_FILES.exit);
    return existsSync(exit) || attemptsIn(run).at(-1) !== attempt || !isHeld(run);
  }
  // What failed may be under way again, or wait for its turn in a sweep that was resumed.
  if (state === "running" || ((state === "failed" || state === "diverged") && isHeld(run)))
    return false;
  const hasResult = existsSync(join(run, FILES.result));
  const sweep = dirname(run);
  return supervisorsAtWork(sweep).every(
    (supervisor) => hasResult && hasEnded(supervisor, sweep, basename(run)),
  );
}

/**
 * Follows the log of a run through all attempts at it, from the start of the newest.
 *
 * @param attempt the only one to follow
 * @returns gives what is new at each call
 */
export function followLog(run: string, attempt?: string): () => News {
  let name: string | undefined;
  let read = (): string => "";
  return () => {
    // Looked at first: what was written before the end is then read below.
    const over = isOver(run, attempt);
    const pieces: { attempt: string; text: string }[] = [];
    const take = (): void => {
      const text = read();
      if (name !== undefined && text !== "") pieces.push({ attempt: name, text });
    };
    const newest = attempt ?? attemptsIn(run).at(-1);
    if (newest !== undefined && newest !== name) {
      take();
      name = newest;
      read = tailOf(join(run, newest, ATTEMPT_FILES.log));
    }
    take();
    return { pieces, over };
  };
}
