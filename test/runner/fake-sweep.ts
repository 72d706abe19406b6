import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../../src/record.ts";
import type { ResolvedRun } from "../../src/runner/config/resolve.ts";
import { ownerOf, placeOf } from "../../src/runner/store/owner.ts";
import { createRunFolder } from "../../src/runner/store/run-folder.ts";
import { createSweep, type Sweep } from "../../src/runner/store/sweep-folder.ts";
import { resolveFake } from "./fake-catalogue.ts";

/** A sweep of families that are never trained; what its runs came to is written by hand. */
export async function fakeSweep(
  folder: string,
  { overrides = ["family=alpha", "data=dots"], seeds = [0, 1] as readonly number[] } = {},
): Promise<Sweep> {
  return createSweep(folder, "fake", await resolveFake(overrides, { seeds }));
}

/** Makes the folder of a run with an attempt, its log and its files. */
export function beginRun(
  { folder }: Pick<Sweep, "folder">,
  run: ResolvedRun,
  { attempt = 1, log = "", files = {} } = {},
): string {
  const path = join(folder, run.runId);
  createRunFolder(path, run);
  const inside = join(path, `attempt-${String(attempt).padStart(4, "0")}`);
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, "log.txt"), log);
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(inside, name), typeof value === "string" ? value : JSON.stringify(value));
  return inside;
}

/** The record that a run of a fake sweep would have. */
export const recordOf = (
  { config, configHash }: ResolvedRun,
  nll: number,
  parts: Partial<RunRecord> = {},
): RunRecord => ({
  schema: 1,
  status: "done",
  family: config.family.name,
  dataset: config.data.name,
  dim: 2,
  seed: config.seed,
  config,
  configHash,
  metrics: { test_nll: { value: nll, stderr: 0.5, n: 100, unit: "nats" } },
  notes: [],
  provenance: { version: "0.1.0", dataDigest: `digest-${config.seed}` },
  ...parts,
});

/** Ends a run with a record. */
export function endRun(
  sweep: Pick<Sweep, "folder">,
  run: ResolvedRun,
  nll: number,
  parts: Partial<RunRecord> = {},
): string {
  const attempt = beginRun(sweep, run, { log: "began\nended\n", files: { "exit.json": {} } });
  const folder = join(sweep.folder, run.runId);
  writeFileSync(join(folder, "result.json"), JSON.stringify(recordOf(run, nll, parts)));
  return attempt;
}

/** A process that does nothing until it is ended; it has said that it runs. */
export async function idleProcess(program = ""): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["-e", `${program}; setInterval(() => {}, 1000); console.log("ready")`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

/** The claim of a process on a folder. */
export const claimOf = (pid: number | undefined, folder: string) => ({
  ...ownerOf(pid ?? -1),
  place: placeOf(folder),
});
