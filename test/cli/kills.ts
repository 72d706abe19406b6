import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Rng } from "../../src/math/rng.ts";
import { startFlowmeter } from "./flowmeter.ts";
import { attemptsAt, isDone, resultOf, runsIn, workersOf } from "./sweep-records.ts";
import { until } from "./until.ts";

const VICTIMS = ["supervisor", "workers", "both"] as const;
/** Milliseconds: about what a process needs to start and to do a tiny run. */
const LONGEST_DELAY = 1000;

export interface Kills {
  /** Where the command is given. */
  readonly folder: string;
  /** The sweep's folder, as seen from there. */
  readonly sweep: string;
  /** What starts the sweep. */
  readonly start: readonly string[];
  /** Options of `resume`. */
  readonly resume: readonly string[];
  readonly kills: number;
  readonly rng: Rng;
}

/** What the kills have met. */
export interface KillCounts {
  supervisor: number;
  workers: number;
  both: number;
  /** The sweep ended before the kill. */
  late: number;
  /** Done runs whose result was another after a kill, in words. */
  readonly changed: string[];
}

/** Runs that have a result, whatever it says. */
const countResults = (sweep: string): number =>
  runsIn(sweep).filter((name) => existsSync(join(sweep, name, "result.json"))).length;

/** Bytes of the results that are done, by run. */
const doneIn = (sweep: string): ReadonlyMap<string, string> =>
  new Map(
    runsIn(sweep)
      .filter((name) => isDone(join(sweep, name)))
      .map((name) => [name, readFileSync(join(sweep, name, "result.json"), "utf8")]),
  );

const end = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
};

/**
 * Starts a sweep and kills it at random moments, again and again: the supervisor, its workers, or both; each time it is
 * resumed. After each kill it looks whether a run that was done before has changed.
 */
export async function killAgainAndAgain(args: Kills): Promise<KillCounts> {
  const { folder, kills, rng } = args;
  const sweep = join(folder, args.sweep);
  const counts: KillCounts = { supervisor: 0, workers: 0, both: 0, late: 0, changed: [] };
  for (let i = 0; i < kills; i++) {
    const before = doneIn(sweep);
    const command = i === 0 ? args.start : ["resume", args.sweep, ...args.resume];
    const child = startFlowmeter(folder, ...command);
    const closed = new Promise((resolve) => child.on("close", resolve));
    const over = (): boolean => child.exitCode !== null;
    // Anywhere between the start of the process and its second result.
    const [more = 0, pick = 0] = rng.fork(i).integers(2, 3);
    const [delay = 0] = rng.fork(i).uniforms(1);
    const started = countResults(sweep);
    await until("runs have ended", () => over() || countResults(sweep) >= started + more);
    await setTimeout(LONGEST_DELAY * delay);
    const victims = VICTIMS[pick] ?? "both";
    const workers = workersOf(sweep);
    counts[over() ? "late" : victims]++;
    if (victims !== "supervisor") workers.forEach(end);
    if (victims === "workers") {
      // The sweep goes on with a new process; otherwise it would do all the rest.
      const results = countResults(sweep);
      await until("another run has ended", () => over() || countResults(sweep) > results);
    }
    child.kill("SIGKILL");
    await closed;
    // Those that have lost their supervisor stop by themselves.
    await until("all workers have ended", () => workersOf(sweep).length === 0);
    const after = doneIn(sweep);
    for (const [name, text] of before)
      if (after.get(name) !== text) counts.changed.push(`${name} by kill ${i}`);
  }
  return counts;
}

/**
 * Whether one attempt alone has done the run: that of which the record says so. The others were stopped before it, or found after it
 * that all was done. A kill between the result, which says that the run is done, and the end of the attempt leaves "?".
 */
function wasDoneOnce(run: string): boolean {
  if (!isDone(run)) return false;
  const by = Number(resultOf(run).provenance["attempts"]);
  return attemptsAt(run).every((status, i) => {
    if (i + 1 === by) return status === "done" || status === "?";
    return i + 1 < by ? status !== "done" : status === "reused";
  });
}

/** Runs of the sweep that have not been done exactly once. */
export const notDoneOnce = (sweep: string): readonly string[] =>
  runsIn(sweep).filter((name) => !wasDoneOnce(join(sweep, name)));
