import type { TrainingProgress } from "../training/train.ts";
import { canonical } from "./config/config-hash.ts";
import type { Config } from "./config/resolve.ts";
import { spawnWorker, type WorkerEnd, type WorkerProcess } from "./spawn-worker.ts";
import type { WorkerRequest } from "./worker-protocol.ts";

/**
 * A new process after so many runs, which takes 1 s: 5 ms for each of them. Whatever a library may keep of a run cannot
 * grow without bound.
 */
export const MOST_RUNS = 200;

/**
 * Bytes after which a process gives way to a new one. A run of a small model leaves 0.25 GB; one that was larger than this
 * took far longer than the second that a new process needs, and its memory goes back to the system.
 */
export const MOST_MEMORY = 1 << 30;

/** A process with a run. */
export interface Working {
  readonly ended: Promise<WorkerEnd>;
  readonly stop: () => void;
  readonly kill: () => void;
}

export interface WorkerPool {
  run(
    config: Config,
    request: WorkerRequest,
    onProgress: (progress: TrainingProgress) => void,
  ): Working;
  /** Ends the processes; none is at work any more. */
  close(): Promise<void>;
}

interface Idle {
  readonly worker: WorkerProcess;
  /** What a run must share to be done here. */
  readonly share: string | undefined;
  readonly runs: number;
}

/**
 * What runs of one process have in common. Undefined with plugins: code of others may keep anything in a process, and would
 * decide by it about the numbers of the next run.
 */
const shareOf = ({ plugins, engine }: Config): string | undefined =>
  plugins.length === 0 ? canonical(engine) : undefined;

/**
 * Processes that do runs in turn, so that a short run does not wait for Node and TensorFlow.js to load. A run in which the
 * process breaks down, or throws, takes no other with it: the process is not used again, and a new one takes its place.
 *
 * A process knows one engine with one number of threads, and no plugins: those runs have a process each.
 *
 * @param cwd where relative paths of the configurations start
 * @param spawn starts a process
 */
export function createWorkerPool(cwd: string, spawn = spawnWorker): WorkerPool {
  const idle: Idle[] = [];
  const ending = new Set<Promise<void>>();
  const letGo = (worker: WorkerProcess): void => {
    const end = worker.end();
    ending.add(end);
    void end.then(() => ending.delete(end));
  };
  const take = (share: string | undefined): Idle => {
    const fit = idle.findIndex((entry) => entry.share === share && !entry.worker.gone);
    // Where none fits, one makes room, so that there are never more processes than runs at a time.
    const [found] = fit < 0 ? idle.splice(0, 1) : idle.splice(fit, 1);
    if (fit >= 0 && found !== undefined) return found;
    if (found !== undefined) letGo(found.worker);
    return { worker: spawn(cwd), share, runs: 0 };
  };
  const giveBack = (taken: Idle, { outcome, memory = Infinity }: WorkerEnd): void => {
    const entry = { ...taken, runs: taken.runs + 1 };
    const sound = outcome === "done" || outcome === "diverged" || outcome === "busy";
    if (entry.share !== undefined && sound && entry.runs < MOST_RUNS && memory < MOST_MEMORY)
      idle.push(entry);
    else letGo(entry.worker);
  };
  return {
    run(config, request, onProgress) {
      const taken = take(shareOf(config));
      let signalled = false;
      const ended = taken.worker.run(request, onProgress).then((end) => {
        // The signal may come after the run has ended, and would hit the next one.
        if (signalled) letGo(taken.worker);
        else giveBack(taken, end);
        return end;
      });
      return {
        ended,
        stop: () => {
          signalled = true;
          taken.worker.stop();
        },
        kill: () => {
          signalled = true;
          taken.worker.kill();
        },
      };
    },
    async close() {
      for (const { worker } of idle.splice(0)) letGo(worker);
      await Promise.all(ending);
    },
  };
}
