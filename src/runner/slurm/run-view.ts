import type { ResolvedRun } from "../config/resolve.ts";
import { openAttempt } from "../store/attempts.ts";
import { stateOf, type RunState } from "../store/run-folder.ts";
import { lastExit } from "../store/last-attempt.ts";
import { isWaiting, type QueueEntry } from "./queue.ts";

/** A run of a sweep as its files and the queue show it. */
export interface RunView {
  readonly run: ResolvedRun;
  readonly folder: string;
  readonly state: RunState;
  /** What Slurm says about it, in a few words; empty if there is nothing to tell. */
  readonly detail: string;
  /** Its job is in the queue or at work. */
  readonly queued: boolean;
  /** Its job is over, but its files may still be on their way from another machine: ask again. */
  readonly unsettled: boolean;
}

type Told = Pick<RunView, "state" | "detail" | "queued" | "unsettled">;

const claimedBy = (folder: string): string | undefined => openAttempt(folder)?.owner.job?.id;

/** A run whose job is in the queue or at work. */
export function activeView(id: string, entry: QueueEntry, folder: string): Told {
  // If the claim is this job's and the job waits, it was put back. Any other claim means that somebody works on the run.
  const waits = isWaiting(entry) && (claimedBy(folder) === id || stateOf(folder) !== "running");
  const why = entry.reason === "None" || entry.reason === "" ? "" : `, ${entry.reason}`;
  return {
    state: waits ? "pending" : "running",
    detail: `job ${id}${waits ? why : ""}`,
    queued: true,
    unsettled: false,
  };
}

/**
 * A run without a result whose job is over.
 *
 * @param word how the job ended, if Slurm still knows
 * @param cancelled by the user
 * @param polls how often it was found like this
 */
export function endedView(
  id: string,
  folder: string,
  { word, cancelled, polls }: { word: string | undefined; cancelled: boolean; polls: number },
): Told {
  const files = stateOf(folder);
  const how = word === undefined ? "is gone" : `ended as ${word}`;
  const told = (state: RunState, detail: string, unsettled = false): Told => ({
    ...{ state, detail, unsettled },
    queued: false,
  });
  if (files === "running" && claimedBy(folder) !== id) return told("running", "");
  if (files === "stopped")
    return told("stopped", `job ${id} ${how}, ${lastExit(folder)?.status ?? ""}`);
  if (files === "lost") return told("lost", `job ${id} ${how}`);
  if (files === "pending" && (cancelled || word === "CANCELLED"))
    return told("stopped", `job ${id} was cancelled before it began`);
  // On a shared disk a file may be seen later than the end of its job.
  return polls < 2
    ? told("running", `job ${id} ${how}; its files may follow`, true)
    : told("lost", `job ${id} ${how} and left no result`);
}
