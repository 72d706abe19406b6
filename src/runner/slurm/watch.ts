import { join } from "node:path";
import type { ResolvedRun } from "../config/resolve.ts";
import { lookAt } from "../store/run-folder.ts";
import type { Sweep } from "../store/sweep-folder.ts";
import { pastJobs, queuedJobs, type JobEntries } from "./job-entries.ts";
import { jobIdOf, placesOf, type Place } from "./places.ts";
import { isActive } from "./queue.ts";
import { activeView, endedView, type RunView } from "./run-view.ts";
import type { Scheduler } from "./scheduler.ts";
import { readSubmissions } from "./submission.ts";

/** Tells the state of a run, given what Slurm said of its job; counts how often a job was found to be over. */
function describer(sweep: Sweep) {
  const polls = new Map<string, number>();
  return (
    run: ResolvedRun,
    place: Place | undefined,
    jobs: { readonly queue: JobEntries; readonly past: JobEntries },
  ): RunView => {
    const folder = join(sweep.folder, run.runId);
    const about = { run, folder, detail: "", queued: false, unsettled: false };
    const { state, record } = lookAt(folder);
    if (record !== undefined || state === "damaged") return { ...about, state };
    if (place === undefined) return { ...about, state };
    const id = jobIdOf(place);
    if (id === undefined) return { ...about, state, detail: "being submitted, or cut off before" };
    const entry = jobs.queue.get(id);
    if (entry !== undefined && isActive(entry)) {
      polls.delete(id);
      return { ...about, ...activeView(id, entry, folder) };
    }
    const seen = (polls.get(id) ?? 0) + 1;
    polls.set(id, seen);
    const word = (entry ?? jobs.past.get(id))?.state;
    const { cancelled } = place.submission;
    return { ...about, ...endedView(id, folder, { word, cancelled, polls: seen }) };
  };
}

/**
 * Watches the runs of a sweep. Files come first; the queue is asked once per poll, for all jobs and only if something is
 * unfinished; the accounting only about jobs that have left the queue. A run whose job is over without a file is lost if
 * that is so twice.
 */
export function watchSweep(sweep: Sweep, scheduler: Scheduler): () => Promise<readonly RunView[]> {
  const describe = describer(sweep);
  const hasResult = ({ runId }: ResolvedRun): boolean =>
    lookAt(join(sweep.folder, runId)).record !== undefined;
  return async () => {
    const places = placesOf(readSubmissions(sweep.folder));
    const open = sweep.runs.filter((run) => !hasResult(run));
    const waiting = open.flatMap(({ runId }) => places.get(runId) ?? []);
    const queue = await queuedJobs(
      waiting.map(({ submission }) => submission),
      scheduler,
    );
    const gone = open.flatMap((run) => {
      const place = places.get(run.runId);
      const known = place === undefined || queue.has(jobIdOf(place) ?? "") || hasResult(run);
      return known ? [] : [place.submission];
    });
    const past = await pastJobs(gone, scheduler);
    return sweep.runs.map((run) => describe(run, places.get(run.runId), { queue, past }));
  };
}

/** The states, after as many polls as it takes to be sure of them. */
export async function settledViews(
  sweep: Sweep,
  scheduler: Scheduler,
): Promise<readonly RunView[]> {
  const poll = watchSweep(sweep, scheduler);
  for (;;) {
    const views = await poll();
    if (!views.some(({ unsettled }) => unsettled)) return views;
    await scheduler.pause();
  }
}
