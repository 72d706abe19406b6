import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The source, or the build that the whole suite and the slow tests make first: it starts in a third of the time. */
const main =
  process.env["FLOWMETER_MAIN"] ?? fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const loader = main.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [];
const command = (args: readonly string[]): string[] => [...loader, main, ...args];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder, to its end. */
export function flowmeter(cwd: string, ...args: string[]): Ended {
  const env = { ...process.env, NO_COLOR: "1" };
  const ended = spawnSync(process.execPath, command(args), { cwd, encoding: "utf8", env });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

/** Runs the command line in a folder, and closes the pipes that it writes to, stdout as soon as it has written something. */
export function flowmeterUnread(cwd: string, ...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, command(args), { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.destroy();
  child.stdout.once("data", () => child.stdout.destroy());
  return new Promise((resolve) => child.on("close", resolve));
}

/** Runs the command line in a folder, to its end, with stdout written to a file or a device. */
export function flowmeterInto(path: string, cwd: string, ...args: string[]): Omit<Ended, "stdout"> {
  const fd = openSync(path, "w");
  try {
    const { status, stderr } = spawnSync(process.execPath, command(args), {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", fd, "pipe"],
    });
    return { code: status, stderr };
  } finally {
    closeSync(fd);
  }
}

/** Starts the command line in a folder. */
export const startFlowmeter = (cwd: string, ...args: string[]) =>
  spawn(process.execPath, command(args), { cwd, stdio: "ignore" });
