import type { RunRecord } from "../record.ts";
import { lineReader } from "./lines.ts";
import { runInFolder, type FolderRun } from "./run-in-folder.ts";
import { assertUnchanged, storedCatalogue } from "./stored-catalogue.ts";
import { readStoredRun } from "./store/run-folder.ts";
import { Interrupted, messageOf, StoreError } from "./user-error.ts";
import { sendMessage, type WorkerMessage, type WorkerRequest } from "./worker-protocol.ts";

/**
 * SIGTERM and SIGUSR2 stop the run at the next chance, with a checkpoint. Ctrl-C reaches the whole process group and is
 * left to the supervisor.
 */
function listen(onStop: () => void): void {
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", onStop);
  process.on("SIGUSR2", onStop);
}

async function workIn(
  folder: string,
  options: Omit<FolderRun, "folder" | "catalogue">,
): Promise<RunRecord> {
  const stored = readStoredRun(folder);
  const catalogue = await storedCatalogue(stored);
  assertUnchanged(stored, catalogue);
  return runInFolder({ ...options, folder, catalogue });
}

/** The body of a process that was started for one run, as a scheduler does: the run, in its folder. */
export async function work(folder: string, { force = false } = {}): Promise<RunRecord> {
  const stop = new AbortController();
  listen(() => {
    stop.abort();
  });
  return workIn(folder, { force, signal: stop.signal });
}

type Ended = Extract<WorkerMessage, { kind: "ended" }>;

async function answer(
  { folder, force }: WorkerRequest,
  signal: AbortSignal,
): Promise<Pick<Ended, "outcome" | "reason">> {
  try {
    const { status, reason = "" } = await workIn(folder, {
      ...{ force, signal },
      onClaim: ({ log }) => {
        sendMessage({ kind: "claimed", log });
      },
      onProgress: (progress) => {
        sendMessage({ kind: "progress", progress });
      },
    });
    return { outcome: status, reason };
  } catch (error) {
    const [reason = ""] = messageOf(error).split("\n");
    if (error instanceof Interrupted) return { outcome: "stopped", reason };
    return { outcome: error instanceof StoreError ? "busy" : "failed", reason };
  }
}

/**
 * The body of a worker process that does several runs in turn, each asked for by a line on standard input. The end of that,
 * which is also what comes of the supervisor's death, stops the run at work with a checkpoint and ends the process.
 */
export async function serve(): Promise<void> {
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  listen(abort);
  let last: Promise<void> = Promise.resolve();
  const one = async (line: string): Promise<void> => {
    const ended = await answer(JSON.parse(line) as WorkerRequest, stop.signal);
    sendMessage({ kind: "ended", ...ended, memory: process.memoryUsage.rss() });
  };
  const read = lineReader((line) => {
    last = last.then(() => one(line));
  });
  await new Promise<void>((resolve) => {
    process.stdin.on("data", read);
    process.stdin.on("close", resolve);
  });
  abort();
  await last;
}
