import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { TrainingProgress } from "../training/train.ts";
import { lineReader } from "./lines.ts";
import { FILES } from "./store/run-folder.ts";
import {
  parseMessage,
  REPLIES,
  type WorkerOutcome,
  type WorkerRequest,
} from "./worker-protocol.ts";

/** How a worker process ended a run. */
export interface WorkerEnd {
  /** broken: the process ended and left no result. */
  readonly outcome: WorkerOutcome | "broken";
  /** What went wrong, in one line, if something did. */
  readonly reason: string;
  /** Path of the log; undefined if the worker did not get as far as to claim its run. */
  readonly log: string | undefined;
  /** Bytes that the process held afterwards; undefined if it has ended. */
  readonly memory: number | undefined;
}

/** A process that does runs, one after the other. */
export interface WorkerProcess {
  run(request: WorkerRequest, onProgress: (progress: TrainingProgress) => void): Promise<WorkerEnd>;
  /** Whether it has ended. */
  readonly gone: boolean;
  /** Asks it to write a checkpoint and end the run at work; it does no further one. */
  stop(): void;
  kill(): void;
  /** Lets it end, by force if it does not; resolves when it has. */
  end(): Promise<void>;
}

/** The program this process runs: TypeScript under a loader, or JavaScript in dist. */
const main = (): string => {
  const extension = extname(fileURLToPath(import.meta.url));
  return fileURLToPath(new URL(`../cli/main${extension}`, import.meta.url));
};

/**
 * glibc then asks for huge pages, which takes 2 to 4 % off a training step; other C libraries ignore it. It is read when
 * a process starts, so a run in this process cannot have it.
 */
const ENVIRONMENT = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1", ...process.env };

const KEPT_STDERR = 16_384;
/** Nothing is at work any more: what keeps the process is a timer or a thread that somebody forgot. */
const PATIENCE_MS = 5000;
const LAST_WORDS_MS = 1000;

/** The line of a stack or native crash that says most: the first that names an error. */
const firstErrorLine = (stderr: string): string | undefined => {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /error|exception|fatal|abort|assert/i.test(line)) ?? lines.at(-1);
};

const textOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, "utf8") : undefined;

/** The run at work. */
interface Task extends WorkerRequest {
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly finish: (end: WorkerEnd) => void;
  /** What stood in its result before. */
  readonly before: string | undefined;
  log: string | undefined;
  stderr: string;
}

/** How a run ended whose process ended without a word: with a result, if that was written before. */
function endOfBroken({ folder, before, log, stderr }: Task, how: string): WorkerEnd {
  const result = textOf(join(folder, FILES.result));
  if (result !== undefined && result !== before) {
    const { status, reason = "" } = JSON.parse(result) as { status: "done"; reason?: string };
    return { outcome: status, reason, log, memory: undefined };
  }
  if (log !== undefined && stderr !== "") appendFileSync(log, stderr);
  const cause = firstErrorLine(stderr);
  const reason = `the worker process ${how}${cause === undefined ? "" : `: ${cause.trim()}`}`;
  return { outcome: "broken", reason, log, memory: undefined };
}

function startProcess(cwd: string): ChildProcess {
  const child = spawn(process.execPath, [...process.execArgv, main(), "worker"], {
    cwd,
    env: ENVIRONMENT,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
  // One that has ended cannot be written to; that it has ended is told otherwise.
  child.stdin?.on("error", () => undefined);
  return child;
}

/** How a process ends, in words, when it has. */
const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.on("error", (error) => {
      resolve(`did not start: ${error.message}`);
    });
    let how = "ended";
    let patience: NodeJS.Timeout | undefined;
    child.on("exit", (code, signal) => {
      how = signal === null ? `ended with exit code ${code ?? "?"}` : `was ended by ${signal}`;
      // Its last words are still to be read; a process that it has started may keep the pipe open for ever.
      patience = setTimeout(() => {
        resolve(how);
      }, LAST_WORDS_MS);
    });
    child.on("close", () => {
      // Or it would keep this process for a second after the last run.
      clearTimeout(patience);
      resolve(how);
    });
  });

/**
 * Starts a process for runs. What it prints on stderr (V8's and native libraries' last words) is kept for the log of the run
 * during which it breaks down.
 *
 * @param cwd where relative paths of the configurations start
 */
export function spawnWorker(cwd: string): WorkerProcess {
  const child = startProcess(cwd);
  let task: Task | undefined;
  let closed: string | undefined;
  const finish = (end: WorkerEnd): void => {
    const ended = task;
    task = undefined;
    ended?.finish(end);
  };
  const close = (how: string): void => {
    closed ??= how;
    if (task !== undefined) finish(endOfBroken(task, how));
  };
  child.stderr?.on("data", (chunk: Buffer) => {
    if (task !== undefined) task.stderr = (task.stderr + chunk.toString()).slice(-KEPT_STDERR);
  });
  const read = lineReader((line) => {
    const message = parseMessage(line);
    if (message === undefined || task === undefined) return;
    if (message.kind === "progress") task.onProgress(message.progress);
    else if (message.kind === "claimed") task.log = message.log;
    else finish({ ...message, log: task.log });
  });
  (child.stdio[REPLIES] as Readable).on("data", read);
  const done = ended(child).then(close);
  return {
    get gone() {
      return closed !== undefined;
    },
    run: (request, onProgress) =>
      new Promise((resolve) => {
        const before = textOf(join(request.folder, FILES.result));
        const about = { ...request, onProgress, before, log: undefined, stderr: "" };
        task = { ...about, finish: resolve };
        if (closed === undefined) child.stdin?.write(`${JSON.stringify(request)}\n`);
        else close(closed);
      }),
    stop: () => {
      child.kill("SIGTERM");
    },
    kill: () => {
      child.kill("SIGKILL");
    },
    end: async () => {
      child.stdin?.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await done;
      clearTimeout(timer);
    },
  };
}
