import { complaint, SchedulerError, type Scheduler } from "./scheduler.ts";

/** A job, or one task of an array of jobs, as the queue has it. */
export interface QueueEntry {
  /** Number of the job, of the whole array if it is part of one. */
  readonly job: string;
  /** Place in the array; null if the job is none. */
  readonly index: number | null;
  /** `PENDING`, `RUNNING`, `COMPLETED`, … */
  readonly state: string;
  /** Why it waits; `None` if there is nothing to tell. */
  readonly reason: string;
}

/** `3-7:2,9%2` → 3, 5, 7, 9. The part behind % limits how many run at a time. */
const indicesOf = (list: string): readonly number[] =>
  list
    .replace(/%\d+$/, "")
    .split(",")
    .flatMap((part) => {
      const [, first, last, step] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? [];
      if (first === undefined) return [];
      const from = Number(first);
      const stride = Number(step ?? 1);
      return Array.from(
        { length: Math.floor((Number(last ?? first) - from) / stride) + 1 },
        (_, i) => from + i * stride,
      );
    });

/** Job and places that an id stands for: `12`, `12_3`, `12_[3-7%2]`; nothing where it is no id. */
export function parseJobId(id: string): readonly Pick<QueueEntry, "job" | "index">[] {
  const [, job, one, list] = /^(\d+)(?:_(\d+)|_\[([\d,:%-]+)\])?$/.exec(id) ?? [];
  if (job === undefined) return [];
  if (list !== undefined) return indicesOf(list).map((index) => ({ job, index }));
  return [{ job, index: one === undefined ? null : Number(one) }];
}

/** Lines `id|state|reason`; what else is printed (`CLUSTER: name`, notices) is passed over. */
export const parseQueue = (text: string): readonly QueueEntry[] =>
  text.split("\n").flatMap((line) => {
    const [id = "", state = "", reason = ""] = line.trim().split("|");
    // sacct says by whom: `CANCELLED by 1000`.
    const word = state.split(/[ +]/)[0] ?? "";
    return parseJobId(id).map((which) => ({ ...which, state: word, reason }));
  });

const WAITING = new Set([
  ...["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"],
  ...["RESV_DEL_HOLD"],
]);
const WORKING = new Set([
  ...["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"],
]);

export const isWaiting = ({ state }: Pick<QueueEntry, "state">): boolean => WAITING.has(state);

/** Neither over nor unknown: it works, or will. */
export const isActive = (entry: Pick<QueueEntry, "state">): boolean =>
  isWaiting(entry) || WORKING.has(entry.state);

/**
 * Asks the queue, once for all jobs. Jobs that have ended stay in it for some minutes (Slurm's MinJobAge).
 *
 * @param filter `--name=a,b` or `--jobs=12,13`
 * @throws SchedulerError if it does not answer, which must not be taken for an empty queue
 */
export async function askQueue(
  scheduler: Scheduler,
  filter: string,
  cluster?: string,
): Promise<readonly QueueEntry[]> {
  const reply = await scheduler.call("squeue", [
    ...["-h", "-r", "-t", "all", filter, "-o", "%i|%T|%r"],
    ...(cluster === undefined ? [] : [`--clusters=${cluster}`]),
  ]);
  if (reply.code === 0) return parseQueue(reply.stdout);
  // What it says of a single job that ended long ago.
  if (/invalid job id/i.test(reply.stderr)) return [];
  throw new SchedulerError(`Slurm's queue does not answer (squeue: ${complaint(reply)}).`);
}
