import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../user-error.ts";

/** What a program of Slurm answered. */
export interface Reply {
  /** Exit code; null if it was ended before it answered. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** The way to Slurm: its programs, and the rest between two questions. */
export interface Scheduler {
  call(program: string, args: readonly string[]): Promise<Reply>;
  /** Until the queue may be asked again, or the signal comes. */
  pause(signal?: AbortSignal): Promise<void>;
}

/** Slurm did not do what it was asked for, or did not answer. */
export class SchedulerError extends UserError {
  override readonly name: string = "SchedulerError";
}

const PATIENCE = 60_000;

/** Seconds between two questions; administrators ask for at least some. */
const between = (): number => {
  const given = Number(process.env["FLOWMETER_SLURM_POLL"]);
  return given > 0 ? given : 10;
};

/** A job that is submitted from within a requeued one must not take that one's count for its own. */
function environment(): NodeJS.ProcessEnv {
  // Or lists of pending array tasks would be cut after 64 characters.
  const kept: NodeJS.ProcessEnv = { ...process.env, SLURM_BITSTR_LEN: "0" };
  delete kept["SLURM_RESTART_COUNT"];
  return kept;
}

/**
 * Slurm by its command line programs: there is no library that all clusters have, and `--json` differs between versions.
 *
 * @param patience until when to wait for one answer
 * @throws UserError where a program is missing
 */
export function slurmPrograms({
  patience = (signal: AbortSignal): Promise<void> =>
    setTimeout(PATIENCE, undefined, { signal, ref: false }),
  pause = (signal?: AbortSignal): Promise<void> =>
    setTimeout(between() * 1000, undefined, { ...(signal && { signal }) }).catch(() => undefined),
  env = environment(),
} = {}): Scheduler {
  const call = (program: string, args: readonly string[]): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
      const over = new AbortController();
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("error", (error: NodeJS.ErrnoException) => {
        over.abort();
        reject(
          error.code === "ENOENT"
            ? new UserError(
                `${program} was not found; submit on a machine of a Slurm cluster, or use --launcher local.`,
              )
            : error,
        );
      });
      child.on("close", (code) => {
        over.abort();
        resolve({ code, stdout, stderr, timedOut: false });
      });
      patience(over.signal).then(
        () => {
          child.kill("SIGKILL");
          // Without waiting for its pipes, which a child of its own may hold.
          resolve({ code: null, stdout, stderr, timedOut: true });
        },
        () => undefined,
      );
    });
  return { call, pause };
}

/** The line of an answer that says what was wrong. */
export const complaint = ({ stderr, code, timedOut }: Reply): string =>
  timedOut
    ? "no answer"
    : (stderr
        .split("\n")
        .filter((line) => line.trim() !== "")
        .at(-1) ?? `exit code ${code ?? "?"}`);
