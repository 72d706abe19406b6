import { spawn } from "node:child_process";

/** How a child process ended. */
export interface ChildEnd {
  /** Null where a signal ended it, or it did not start. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const KEPT = 65_536;

/** Runs a program to its end, or kills it after so many seconds. Never throws: a program that is missing has no code. */
export function runChild(
  command: string,
  args: readonly string[],
  seconds: number,
): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (chunk: Buffer) => {
        texts[name] = (texts[name] + chunk.toString()).slice(-KEPT);
      });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, 1000 * seconds);
    const end = (code: number | null, signal: string | null): void => {
      clearTimeout(timer);
      resolve({ code, signal, ...texts, timedOut });
    };
    child.on("error", (error) => {
      texts.stderr += error.message;
      end(null, null);
    });
    child.on("close", end);
  });
}
