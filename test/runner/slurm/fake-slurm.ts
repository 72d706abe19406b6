import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { slurmPrograms, type Scheduler } from "../../../src/runner/slurm/scheduler.ts";
import type { Sweep } from "../../../src/runner/store/sweep-folder.ts";
import { fakeSweep as sweepOfFakes } from "../fake-sweep.ts";

const PROGRAMS = ["sbatch", "squeue", "sacct", "scancel", "scontrol"] as const;

/** What the programs of a cluster do: bodies of shell scripts, which may use files of the folder `$FAKE`. */
export type Bodies = Partial<Record<(typeof PROGRAMS)[number], string>>;

export interface FakeSlurm {
  readonly scheduler: Scheduler;
  /** Replaces what programs do from now on. */
  set(bodies: Bodies): void;
  /** Arguments of all calls of a program so far. */
  calls(program: (typeof PROGRAMS)[number]): readonly string[];
  /** A file that the scripts know as `$FAKE/NAME`. */
  file(name: string): string;
}

/**
 * A Slurm of shell scripts. Every program that is not given answers with nothing and 0, as sacct does without accounting.
 *
 * @param silent a file of `$FAKE`: when it appears, the program that is at work counts as one that does not answer
 */
export function fakeSlurm(folder: string, bodies: Bodies, silent = "never"): FakeSlurm {
  const fake = join(folder, "fake");
  const bin = join(fake, "bin");
  mkdirSync(bin, { recursive: true });
  const file = (name: string): string => join(fake, name);
  const set = (given: Bodies): void => {
    for (const [program, body] of Object.entries(given)) {
      const path = join(bin, program);
      const log = `printf '%s\\n' "$*" >> "$FAKE/${program}.calls"`;
      writeFileSync(path, `#!/bin/sh\n${log}\n${body}\n`);
      chmodSync(path, 0o755);
    }
  };
  set({ ...Object.fromEntries(PROGRAMS.map((program) => [program, "exit 0"])), ...bodies });
  const patience = async (signal: AbortSignal): Promise<void> => {
    while (!existsSync(file(silent))) await setTimeout(5, undefined, { signal });
    rmSync(file(silent));
  };
  const env = { ...process.env, FAKE: fake, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  return {
    scheduler: slurmPrograms({ env, patience, pause: () => Promise.resolve() }),
    set,
    calls: (program) =>
      existsSync(file(`${program}.calls`))
        ? readFileSync(file(`${program}.calls`), "utf8")
            .trimEnd()
            .split("\n")
        : [],
    file,
  };
}

/** A sweep of so many runs that are never done. */
export const fakeSweep = (folder: string, count: number): Promise<Sweep> =>
  sweepOfFakes(join(folder, "sweep"), { seeds: Array.from({ length: count }, (_, i) => i) });
