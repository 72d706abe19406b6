import type { RunRecord } from "../record.ts";
import type { TrainingProgress } from "../training/train.ts";
import { runInFolder } from "./run-in-folder.ts";
import { assertUnchanged, storedCatalogue } from "./stored-catalogue.ts";
import { readStoredRun } from "./store/run-folder.ts";

/** What a worker tells its supervisor. */
export type WorkerMessage =
  | { readonly kind: "claimed"; readonly log: string; readonly exit: string }
  | { readonly kind: "progress"; readonly progress: TrainingProgress };

/**
 * The body of a worker process: one run, in its folder. The supervisor's SIGTERM, and its death, stop the run at the
 * next chance, with a checkpoint. Ctrl-C reaches the whole process group and is left to the supervisor.
 */
export async function work(folder: string, { force = false } = {}): Promise<RunRecord> {
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", abort);
  process.on("SIGUSR2", abort);
  process.on("disconnect", abort);
  const send = (message: WorkerMessage): void => {
    if (process.connected) process.send?.(message);
  };
  try {
    const stored = readStoredRun(folder);
    const catalogue = await storedCatalogue(stored);
    assertUnchanged(stored, catalogue);
    return await runInFolder({
      folder,
      force,
      catalogue,
      signal: stop.signal,
      onClaim: (attempt) => {
        send({ kind: "claimed", log: attempt.log, exit: `${attempt.folder}/exit.json` });
      },
      onProgress: (progress) => {
        send({ kind: "progress", progress });
      },
    });
  } finally {
    if (process.connected) process.disconnect();
  }
}
