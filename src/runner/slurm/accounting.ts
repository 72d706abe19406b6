import { parseQueue, type QueueEntry } from "./queue.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * Asks the accounting about jobs that have left the queue. Clusters without accounting answer with an error or with nothing,
 * and for some seconds after a change it is wrong about arrays: what it says decides nothing but the wording of a state, or
 * finds a job again.
 *
 * @param filter `--jobs=12,13`, or `--name=token` with `--starttime`
 */
export async function askAccounting(
  scheduler: Scheduler,
  filter: readonly string[],
  cluster?: string,
): Promise<readonly QueueEntry[]> {
  const reply = await scheduler.call("sacct", [
    ...["-n", "-P", "-X", ...filter, "-o", "JobID,State"],
    ...(cluster === undefined ? [] : [`--clusters=${cluster}`]),
  ]);
  return reply.code === 0 ? parseQueue(reply.stdout) : [];
}
