import { copyFileSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { RunRecord } from "../record.ts";
import { checkpointStep } from "./checkpoints.ts";
import { canonical } from "./config/config-hash.ts";
import type { ResolvedRun } from "./config/resolve.ts";
import { isHalving, verdictsIn } from "./halving.ts";
import { isTemporary, writeJson } from "./store/atomic-write.ts";
import { ATTEMPT_FILES, openAttempt } from "./store/attempts.ts";
import { locate } from "./store/locate.ts";
import { isSurelyAlive } from "./store/owner.ts";
import { FILES, readResult } from "./store/run-folder.ts";
import { createSweep, type Sweep } from "./store/sweep-folder.ts";
import { StoreError, UserError } from "./user-error.ts";

/** A run of one of the sweeps that are merged. */
export interface Candidate {
  readonly run: ResolvedRun;
  readonly sweep: Sweep;
  /** Its folder, which a pending run has not yet. */
  readonly folder: string;
  readonly record: RunRecord | undefined;
}

export interface MergePlan {
  readonly sources: readonly Sweep[];
  /** One for each configuration and seed, in the order in which they first appear. */
  readonly chosen: readonly Candidate[];
  /** Candidates that stand behind another one. */
  readonly left: readonly Candidate[];
}

/**
 * Of a halving the runs that were done, as those of any sweep: together with others they would have competed otherwise.
 *
 * @throws UserError while some are to be done
 */
function withoutRungs(sweep: Sweep): Sweep {
  if (!isHalving(sweep.runs)) return sweep;
  const found = verdictsIn(sweep);
  const hasResult = ({ runId }: ResolvedRun): boolean =>
    existsSync(join(sweep.folder, runId, FILES.result));
  if (sweep.runs.some((run) => found.get(run.runId) !== "dropped" && !hasResult(run)))
    throw new UserError(
      `${sweep.folder} is a halving that has not ended; finish it first with: flowmeter resume ${sweep.folder}`,
    );
  const done = sweep.runs.filter(hasResult);
  const runs = done.map(({ runId, configHash, config, pluginDigests, origins }) => {
    return { runId, configHash, config, ...(pluginDigests && { pluginDigests }), origins };
  });
  return { ...sweep, runs };
}

/** Throws unless each of the folders is a sweep, none is another, and the new one is none of them nor inside of one. */
function readSources(folders: readonly string[], out: string): readonly Sweep[] {
  const sources = folders.map((folder) => {
    const { sweep } = locate(folder);
    if (sweep !== undefined) return withoutRungs(sweep);
    throw new UserError(`${folder}: expected the folder of a sweep, got that of a run.`);
  });
  const paths = folders.map((folder) => resolve(folder));
  const twice = paths.findIndex((path, i) => paths.indexOf(path) !== i);
  if (twice >= 0) throw new UserError(`${folders[twice] ?? ""} is given twice.`);
  const inside = paths.findIndex((path) => `${resolve(out)}${sep}`.startsWith(`${path}${sep}`));
  if (inside >= 0)
    throw new UserError(
      `--out ${out} lies in ${folders[inside] ?? ""}, which must stay as it is; choose another.`,
    );
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0))
    throw new UserError(`--out ${out} exists already; choose another, which is made.`);
  return sources;
}

/** Units of numbers that no two computations share. */
const isTime = (unit: string | undefined): boolean => /^(?:s|ms|min|h|seconds?)\b/.test(unit ?? "");

/** The numbers of a record that the same computation gives again. */
const numbersOf = ({ metrics, layers }: RunRecord): string =>
  canonical({
    metrics: Object.entries(metrics).filter(([, { unit }]) => !isTime(unit)),
    layers: layers ?? [],
  });

const firstDifference = (a: RunRecord, b: RunRecord): string => {
  const name = Object.keys({ ...a.metrics, ...b.metrics }).find(
    (key) => canonical(a.metrics[key]) !== canonical(b.metrics[key]),
  );
  if (name === undefined) return "their layers differ";
  const [x, y] = [a, b].map(({ metrics }) => metrics[name]?.value);
  return x === y
    ? `${name} differs in what goes with it`
    : `${name} is ${x ?? "none"} and ${y ?? "none"}`;
};

/** Done before diverged before failed before begun, the farther the better, before pending. */
function rank({ record, folder }: Candidate): number {
  if (record !== undefined) return { failed: 1, diverged: 2, done: 3 }[record.status] * 1e15;
  if (!existsSync(folder)) return -1;
  return checkpointStep(join(folder, FILES.checkpoint)) ?? 0;
}

/** The better of two candidates for one run; the first where they are equal. */
function better(a: Candidate, b: Candidate): Candidate {
  if (a.record?.status === "done" && b.record?.status === "done")
    if (numbersOf(a.record) !== numbersOf(b.record))
      throw new UserError(
        `${a.folder} and ${b.folder} are the same run with different numbers: ${firstDifference(a.record, b.record)}. One configuration and seed must give one result: find out which machine or data file is at fault, and leave that sweep or run out.`,
      );
  return rank(b) > rank(a) ? b : a;
}

/**
 * What a merge of sweeps would hold. Runs of equal configuration and seed become one.
 *
 * @throws UserError for folders that are no sweeps, and where two finished runs that should be one differ; StoreError while
 *   a run is at work
 */
export function planMerge(folders: readonly string[], out: string): MergePlan {
  const sources = readSources(folders, out);
  const chosen = new Map<string, Candidate>();
  const all: Candidate[] = [];
  for (const sweep of sources)
    for (const run of sweep.runs) {
      const folder = join(sweep.folder, run.runId);
      const open = existsSync(folder) ? openAttempt(folder) : undefined;
      if (open !== undefined && isSurelyAlive(open.owner))
        throw new StoreError(
          `${folder} is at work (process ${open.owner.pid}); wait for it, or stop it with: flowmeter cancel ${sweep.folder}`,
        );
      const candidate = { run, sweep, folder, record: readResult(folder) };
      const key = `${run.configHash} ${run.config.seed}`;
      const before = chosen.get(key);
      chosen.set(key, before === undefined ? candidate : better(before, candidate));
      all.push(candidate);
    }
  const kept = new Set(chosen.values());
  return { sources, chosen: [...kept], left: all.filter((candidate) => !kept.has(candidate)) };
}

/** Copies files and folders; links and leftovers of killed writes stay behind. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (isTemporary(entry.name)) continue;
    if (entry.isDirectory()) copyFolder(source, target);
    // Where the file system can, both share their blocks until one is written to.
    else if (entry.isFile()) copyFileSync(source, target, constants.COPYFILE_FICLONE);
  }
}

/** Copies a run. An attempt that has not ended is not continued by its process there: the claim was to the other folder. */
function copyRun({ folder, sweep }: Candidate, to: string): void {
  copyFolder(folder, to);
  const open = openAttempt(to);
  if (open !== undefined)
    writeJson(join(to, open.name, ATTEMPT_FILES.exit), {
      ...{ status: "stopped", message: `copied from ${sweep.folder} before it had ended` },
      ended: new Date().toISOString(),
    });
}

/** Where relative paths of the runs start: where they did, if that is one folder and on this machine. */
function commonCwd(sources: readonly Sweep[]): string | undefined {
  const [first, ...others] = new Set(sources.map(({ spec }) => spec.cwd));
  return first !== undefined && others.length === 0 && existsSync(first) ? first : undefined;
}

/**
 * Makes the merged sweep, all of it or nothing. Its `sweep.json` has those of its sources, and says of each run which it
 * comes from; their events stand in `sources/`, since their processes do not work in this folder.
 */
export function writeMerge({ sources, chosen }: MergePlan, out: string): Sweep {
  const cwd = commonCwd(sources);
  return createSweep(
    out,
    "merged",
    chosen.map(({ run }) => run),
    {
      ...(cwd !== undefined && { cwd }),
      // Where they differ this is none of them, and nothing is known of the hashes of runs that are to be done.
      version: [...new Set(sources.map(({ spec }) => spec.version))].join(", "),
      merged: sources.map(({ folder, spec }) => ({ folder: resolve(folder), ...spec })),
      from: Object.fromEntries(chosen.map(({ run, sweep }) => [run.runId, sources.indexOf(sweep)])),
      fill(building) {
        sources.forEach(({ folder }, i) => {
          // A source may itself have been merged.
          for (const name of ["events", "sources"])
            if (existsSync(join(folder, name)))
              copyFolder(join(folder, name), join(building, "sources", String(i), name));
        });
        for (const candidate of chosen)
          if (existsSync(candidate.folder)) copyRun(candidate, join(building, candidate.run.runId));
      },
    },
  );
}
