import type { RunView } from "../runner/slurm/run-view.ts";
import { note } from "./output.ts";

/**
 * How far the runs of a sweep are by their files and by Slurm's queue, by runId; undefined where Slurm does not have the
 * sweep, or does not answer, which is said.
 */
export async function slurmViews(
  folder: string,
): Promise<ReadonlyMap<string, RunView> | undefined> {
  const { isSubmitted } = await import("../runner/slurm/submission.ts");
  if (!isSubmitted(folder)) return undefined;
  const [{ settledViews }, { slurmPrograms }, { readSweep }, { UserError }] = await Promise.all([
    import("../runner/slurm/watch.ts"),
    import("../runner/slurm/scheduler.ts"),
    import("../runner/store/sweep-folder.ts"),
    import("../runner/user-error.ts"),
  ]);
  try {
    const scheduler = slurmPrograms();
    const pause = (): Promise<void> => {
      note("some jobs are over without a result; asking once more, since files may come late");
      return scheduler.pause();
    };
    const views = await settledViews(readSweep(folder), { ...scheduler, pause });
    return new Map(views.map((view) => [view.run.runId, view]));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`${error.message} What follows is by the files alone.`);
    return undefined;
  }
}
