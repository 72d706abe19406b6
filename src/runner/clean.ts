import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { builderOf, isTemporary } from "./store/atomic-write.ts";
import { ATTEMPT_FILES, attemptsIn, openAttempt } from "./store/attempts.ts";
import type { Located } from "./store/locate.ts";
import { isGone, isRunning } from "./store/owner.ts";
import { FILES, readResult } from "./store/run-folder.ts";
import { messageOf, StoreError } from "./user-error.ts";

/** Something that can be deleted without the loss of a result. */
export interface Removable {
  readonly path: string;
  readonly kind:
    | "checkpoint of a finished run"
    | "file of an earlier attempt"
    | "derived"
    | "left by a killed write";
  readonly bytes: number;
  /** The run that must not be at work when it is deleted. */
  readonly run?: string;
}

export interface Findings {
  readonly removable: readonly Removable[];
  /** Runs that were not looked into, and why. */
  readonly passedOver: readonly string[];
}

/** What every attempt leaves, and tables and figures read. */
const KEPT: readonly string[] = Object.values(ATTEMPT_FILES);

/** Bytes of a file, or of all files in a folder; links count themselves. */
function sizeOf(path: string): number {
  const { size } = lstatSync(path);
  return isFolder(path)
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : size;
}

/** A link to a folder is none: what it leads to may be anybody's. */
const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const namesIn = (folder: string): readonly string[] =>
  isFolder(folder) ? readdirSync(folder) : [];

/** Files and folders that a write would have renamed, had its process not been killed. */
const leftovers = (folder: string, only: (name: string) => boolean = () => true): string[] =>
  namesIn(folder)
    .filter((name) => {
      const pid = builderOf(name);
      // A process of this number may be the writer.
      return pid !== undefined && only(name) && !isRunning(pid);
    })
    .map((name) => join(folder, name));

/** Whether somebody works on a run, also where it has a result that is being replaced. */
function isAtWork(run: string): boolean {
  const open = openAttempt(run);
  return open !== undefined && !isGone(open.owner);
}

const item = (kind: Removable["kind"], path: string, run?: string): Removable => ({
  ...{ kind, path, bytes: sizeOf(path) },
  ...(run !== undefined && { run }),
});

function inRun(run: string): readonly Removable[] {
  const status = readResult(run)?.status;
  const checkpoint = join(run, FILES.checkpoint);
  const attempts = attemptsIn(run);
  const earlier = attempts.slice(0, -1).flatMap((attempt) =>
    namesIn(join(run, attempt))
      .filter((name) => !KEPT.includes(name) && !isTemporary(name))
      .map((name) => join(run, attempt, name)),
  );
  const folders = ["", FILES.arrays, FILES.figures, FILES.checkpoint, ...attempts];
  // What failed may have failed for an outer reason, and goes on from its checkpoint.
  const isOver = (status === "done" || status === "diverged") && isFolder(checkpoint);
  const inside = (path: string): boolean => isOver && dirname(path) === checkpoint;
  return [
    ...(isOver ? [item("checkpoint of a finished run", checkpoint, run)] : []),
    ...earlier.map((path) => item("file of an earlier attempt", path, run)),
    ...folders
      .flatMap((name) => leftovers(join(run, name)))
      .filter((path) => !inside(path))
      .map((path) => item("left by a killed write", path, run)),
  ];
}

/**
 * What can be deleted: checkpoints of runs that are done or diverged, what earlier attempts left beside their logs, `derived`,
 * and what killed writes left. Records, configurations, arrays, models and logs are never among it, nor is anything of a run
 * that is at work, here or, as far as can be seen, elsewhere.
 */
export function findRemovable({ folder, places, sweep }: Located): Findings {
  const removable: Removable[] = [];
  const passedOver: string[] = [];
  const derived = join(folder, "derived");
  if (isFolder(derived)) removable.push(item("derived", derived));
  if (sweep !== undefined) {
    const [parent, name] = [dirname(resolve(folder)), basename(resolve(folder))];
    const own = (found: string): boolean => found.startsWith(`.${name}.`);
    removable.push(
      ...[...leftovers(folder), ...leftovers(parent, own)].map((path) =>
        item("left by a killed write", path),
      ),
    );
  }
  for (const { runId, folder: run } of places) {
    // The folder that was named may be a link; those in a sweep are its own.
    if (sweep !== undefined && existsSync(run) && !isFolder(run))
      passedOver.push(`${runId} is a link, not a folder, and is left alone.`);
    else if (isAtWork(run)) passedOver.push(`${runId} is at work and is left alone.`);
    else removable.push(...inRun(run));
  }
  return { removable, passedOver };
}

/**
 * Deletes it, unless its run has been taken up since it was found.
 *
 * @throws StoreError where the system refuses
 */
export function remove({ path, run }: Removable): boolean {
  if (run !== undefined && isAtWork(run)) return false;
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw new StoreError(
      `${path} cannot be deleted (${messageOf(error)}); make its folder writable, and clean again.`,
      { cause: error },
    );
  }
  return true;
}
