import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { TrainingProgress } from "../training/train.ts";
import type { WorkerMessage } from "./worker.ts";

/** How a worker process ended. */
export interface WorkerEnd {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  /** What went wrong, in one line, if something did. */
  readonly reason: string;
  /** Path of the log; undefined if the worker did not get as far as to claim its run. */
  readonly log: string | undefined;
}

export interface WorkerHandle {
  readonly ended: Promise<WorkerEnd>;
  /** Asks it to write a checkpoint and end. */
  stop(): void;
  kill(): void;
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

/** The message of the attempt's exit.json, if it has one. */
function exitMessage(path: string | undefined): string | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  const { message } = JSON.parse(readFileSync(path, "utf8")) as { message?: string };
  return message?.split("\n")[0];
}

/** The line of a stack or native crash that says most: the first that names an error. */
const firstErrorLine = (stderr: string): string | undefined => {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /error|exception|fatal|abort|assert/i.test(line)) ?? lines.at(-1);
};

/**
 * Starts a process for one run. What it prints on stderr (V8's and native libraries' last words) is kept for the log.
 *
 * @param cwd where relative paths of the configuration start
 */
export function spawnWorker(
  folder: string,
  {
    force,
    cwd,
    onProgress,
  }: {
    readonly force: boolean;
    readonly cwd: string;
    readonly onProgress: (progress: TrainingProgress) => void;
  },
): WorkerHandle {
  const args = [...process.execArgv, main(), "worker", folder, ...(force ? ["--force"] : [])];
  const child = spawn(process.execPath, args, {
    cwd,
    env: ENVIRONMENT,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  let log: string | undefined;
  let exit: string | undefined;
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-KEPT_STDERR);
  });
  child.on("message", (message: WorkerMessage) => {
    if (message.kind === "progress") onProgress(message.progress);
    else ({ log, exit } = message);
  });
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.on("error", (error) => {
      resolve({ code: 4, reason: `the worker did not start: ${error.message}`, log });
    });
    child.on("close", (code, signal) => {
      const expected = code === 0 || code === 1 || code === 75;
      if (log !== undefined && stderr !== "" && !expected) appendFileSync(log, stderr);
      const how =
        signal === null ? `ended with exit code ${code ?? "?"}` : `was ended by ${signal}`;
      const cause = exitMessage(exit) ?? firstErrorLine(stderr);
      const reason = cause ?? `the worker process ${how}`;
      resolve({ code, reason: signal === null ? reason : `the worker process ${how}`, log });
    });
  });
  return {
    ended,
    stop: () => {
      child.kill("SIGTERM");
    },
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}
