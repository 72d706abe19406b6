import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Submission } from "./submission.ts";

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The program this process runs: TypeScript under a loader, or JavaScript in dist. */
const main = (): string => {
  const extension = extname(fileURLToPath(import.meta.url));
  return fileURLToPath(new URL(`../../cli/main${extension}`, import.meta.url));
};

/**
 * What each job runs. `exec` puts node into the shell's place, since `--signal=B:` and scancel reach only the process that the
 * batch system started. No trap of signals: the worker has its own from its first moment.
 */
export function jobScript({ folder }: Submission): string {
  const command = [process.execPath, ...process.execArgv, main(), "worker", resolve(folder)];
  return [
    "#!/bin/sh",
    "# One run of a sweep: the place in the array says which, see manifest.json.",
    // As in spawn-worker.ts: huge pages take some percent off a training step.
    'export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}"',
    `exec ${command.map(quote).join(" ")} --slurm`,
    "",
  ].join("\n");
}

/** Where the output of the job at a place of the array goes; its run's own log is in the run's folder. */
export const jobLog = ({ folder }: Submission, index: number | string): string =>
  join(folder, "log", `${index}.txt`);
