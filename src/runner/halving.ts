import { join } from "node:path";
import { groupBy } from "../math/group-by.ts";
import { mean } from "../math/statistics.ts";
import { decodeNumber, type RunRecord } from "../record.ts";
import type { ResolvedRun } from "./config/resolve.ts";
import { lookAt } from "./store/run-folder.ts";
import type { Sweep } from "./store/sweep-folder.ts";

/**
 * Successive halving (Jamieson & Talwalkar 2016, arXiv:1502.07943): all configurations train for a small part of the budget, the
 * best 1/factor of them for factor times as long, and so on, until the last ones have the whole budget.
 *
 * What competes is a configuration with all its seeds, and only with those of its family on the same data: every one of them sees
 * the same rows and splits, so that differences between configurations are paired. The list of runs names every rung of every
 * configuration from the start; which of them are done follows from the results that stand in the folder, so nothing else needs
 * to be remembered when a sweep is killed.
 */
export interface Rung {
  /** What competes: runs of equal family and data. */
  readonly group: string;
  /** configHash of the run with the whole budget: the same in every rung, and for every seed. */
  readonly candidate: string;
  /** 0 for the smallest budget, of - 1 for the whole one. */
  readonly at: number;
  readonly of: number;
  /** One of so many goes on. */
  readonly factor: number;
}

/** open: to be done · waiting: the rung before has not ended · dropped: others were better there. */
export type Verdict = "open" | "waiting" | "dropped";

/** How many of n configurations go on. */
export const kept = (n: number, factor: number): number => Math.max(1, Math.floor(n / factor));

export const isHalving = (runs: readonly ResolvedRun[]): boolean =>
  runs.some(({ rung }) => rung !== undefined);

/** A configuration in its rung, with the mean over seeds of what training watched on the validation rows. */
export interface Standing {
  readonly candidate: string;
  readonly runs: readonly ResolvedRun[];
  /** Infinity where a seed diverged or failed; undefined while one is missing. */
  readonly score: number | undefined;
}

/** What training watched; Infinity of a run that came to nothing. */
export function scoreOf({ status, training }: RunRecord): number {
  const monitor = training?.["valMonitor"] as { readonly value?: unknown } | undefined;
  const value = decodeNumber(monitor?.value);
  return status === "done" && Number.isFinite(value) ? value : Infinity;
}

type RecordOf = (run: ResolvedRun) => RunRecord | undefined;

function standing(candidate: string, runs: readonly ResolvedRun[], recordOf: RecordOf): Standing {
  const scores = runs.map(recordOf).map((record) => record && scoreOf(record));
  const known = scores.filter((score) => score !== undefined);
  const score = known.length < runs.length ? undefined : mean(known);
  return { candidate, runs, score };
}

/** One rung of a group: those that came so far, the best first, and as many of them as go on. */
export interface RungResult {
  readonly at: number;
  readonly standings: readonly Standing[];
  /** Undefined while a run of the rung is missing. */
  readonly survivors: readonly string[] | undefined;
}

/** The rungs of one group, as far as they have been reached. */
export function rungResults(
  group: readonly ResolvedRun[],
  recordOf: RecordOf,
): readonly RungResult[] {
  const results: RungResult[] = [];
  let reached: readonly string[] | undefined;
  for (const runs of byRung(group)) {
    const [first] = runs;
    if (first?.rung === undefined) continue;
    const { at, factor } = first.rung;
    const here = [...groupBy(runs, ({ rung }) => rung?.candidate ?? "")].filter(
      ([candidate]) => reached?.includes(candidate) ?? true,
    );
    const standings = here
      .map(([candidate, own]) => standing(candidate, own, recordOf))
      .sort((a, b) => (a.score === b.score ? 0 : (a.score ?? Infinity) - (b.score ?? Infinity)));
    const isOver = standings.every(({ score }) => score !== undefined);
    const finite = standings.filter(({ score = Infinity }) => score < Infinity);
    reached = finite.slice(0, kept(standings.length, factor)).map(({ candidate }) => candidate);
    results.push({ at, standings, survivors: isOver ? reached : undefined });
    if (!isOver) break;
  }
  return results;
}

/** Runs rung by rung, the smallest budget first; those of no halving all at once. */
export function byRung(runs: readonly ResolvedRun[]): readonly (readonly ResolvedRun[])[] {
  const rungs = groupBy(runs, ({ rung }) => String(rung?.at ?? 0));
  return [...rungs].sort(([a], [b]) => Number(a) - Number(b)).map(([, members]) => members);
}

export const groupsOf = (runs: readonly ResolvedRun[]): readonly (readonly ResolvedRun[])[] => [
  ...groupBy(
    runs.filter(({ rung }) => rung !== undefined),
    ({ rung }) => rung?.group ?? "",
  ).values(),
];

/** Whether a rung has ended of which nothing can go on: no number on validation rows is finite. */
export const isStuck = (runs: readonly ResolvedRun[], recordOf: RecordOf): boolean =>
  groupsOf(runs).some((group) =>
    rungResults(group, recordOf).some(({ survivors }) => survivors?.length === 0),
  );

/** What is to become of each run, by its name; every run of a sweep that is no halving is open. */
export function verdicts(
  runs: readonly ResolvedRun[],
  recordOf: RecordOf,
): ReadonlyMap<string, Verdict> {
  const found = new Map<string, Verdict>(runs.map(({ runId }) => [runId, "open"]));
  for (const group of groupsOf(runs)) {
    const results = rungResults(group, recordOf);
    for (const { runId, rung } of group) {
      if (rung === undefined || rung.at === 0) continue;
      const earlier = results.filter(({ at }) => at < rung.at);
      const isDropped = earlier.some(
        ({ survivors }) => survivors !== undefined && !survivors.includes(rung.candidate),
      );
      const isReached = earlier.length === rung.at && earlier.at(-1)?.survivors !== undefined;
      found.set(runId, isDropped ? "dropped" : isReached ? "open" : "waiting");
    }
  }
  return found;
}

/** What is to become of each run of a sweep by the results in its folder. */
export const verdictsIn = ({ folder, runs }: Sweep): ReadonlyMap<string, Verdict> =>
  isHalving(runs)
    ? verdicts(runs, ({ runId }) => lookAt(join(folder, runId)).record)
    : new Map<string, Verdict>();

/**
 * As many runs, with the budgets, as there are to do: of each rung that waits as many configurations as will be left, whichever
 * these will be.
 */
export function likelyRuns(
  runs: readonly ResolvedRun[],
  found: ReadonlyMap<string, Verdict>,
): readonly ResolvedRun[] {
  const likely = new Set(runs.filter(({ runId }) => found.get(runId) === "open"));
  for (const group of groupsOf(runs)) {
    let left = Infinity;
    for (const rung of byRung(group)) {
      const candidates = [...groupBy(rung, (run) => run.rung?.candidate ?? "").values()];
      const open = candidates.filter((own) => own.some((run) => likely.has(run)));
      const waiting = candidates.filter((own) =>
        own.some(({ runId }) => found.get(runId) === "waiting"),
      );
      const here =
        waiting.length > 0 ? [...open, ...waiting].slice(0, Math.max(left, open.length)) : open;
      for (const run of here.flat()) likely.add(run);
      left = kept(here.length, rung[0]?.rung?.factor ?? 1);
    }
  }
  return runs.filter((run) => likely.has(run));
}
