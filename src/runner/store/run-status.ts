import { join } from "node:path";
import { decodeNumber, secondsOf, type RunRecord } from "../../record.ts";
import { checkpointStep } from "../checkpoints.ts";
import { messageOf } from "../user-error.ts";
import { ATTEMPT_FILES, attemptNumber, attemptsIn, openAttempt } from "./attempts.ts";
import { readLastJsonLine } from "./jsonl.ts";
import type { Place } from "./locate.ts";
import { fateOf, type Owner } from "./owner.ts";
import { FILES, lookAt, type RunState } from "./run-folder.ts";

/** How far a run is, from its files. */
export interface RunProgress {
  /** damaged: a file of it is there, but cannot be read. */
  readonly state: RunState;
  /** The newest one. */
  readonly attempt?: number;
  /** Who works on it, or did when it was lost. */
  readonly owner?: {
    readonly host: string;
    readonly pid: number;
    /** Why it cannot be known whether it still works, where that is so. */
    readonly uncertain?: string;
  };
  /** Steps done at the last evaluation, of `steps`. */
  readonly step?: number;
  readonly steps?: number;
  readonly stepsPerSecond?: number;
  /** Training loss at that moment. */
  readonly loss?: number;
  /** Seconds until the last step, as the run itself said at its last evaluation. */
  readonly remaining?: number;
  /** The step that it would go on from. */
  readonly checkpoint?: number;
  readonly record?: RunRecord;
  /** Why it cannot be read. */
  readonly reason?: string;
}

const positive = (x: unknown): number | undefined =>
  typeof x === "number" && Number.isFinite(x) && x >= 0 ? x : undefined;

/** Leaves out what is not known, so that it is not written as null. */
const known = <T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;

/** What the newest attempt last wrote about itself. */
function lastEvaluation({ folder, run }: Place, attempt: string) {
  const line = readLastJsonLine(join(folder, attempt, ATTEMPT_FILES.metrics));
  const { at, step, steps, stepsPerSecond, loss, remaining } = (line ?? {}) as Record<
    string,
    unknown
  >;
  const planned = run?.config.training;
  return known({
    step: positive(at ?? step),
    // Runs of 0.1.0 may not have written it; the number of epochs is not one of steps.
    steps:
      positive(steps) ??
      ((planned?.["epochs"] ?? null) === null ? positive(planned?.["steps"]) : undefined),
    stepsPerSecond: positive(stepsPerSecond),
    loss: loss === undefined ? undefined : decodeNumber(loss),
    remaining: positive(remaining),
  });
}

function ownerShown(owner: Owner): NonNullable<RunProgress["owner"]> {
  const { host, pid } = owner;
  const fate = fateOf(owner);
  return { host, pid, ...(fate.state === "unknown" && { uncertain: fate.why }) };
}

export function progressOf(place: Place): RunProgress {
  const { folder } = place;
  try {
    const { state, record, reason } = lookAt(folder);
    const newest = attemptsIn(folder).at(-1);
    const attempt = newest === undefined ? {} : { attempt: attemptNumber(newest) };
    if (record !== undefined) return { state, ...attempt, record };
    if (reason !== undefined) return { state, ...attempt, reason };
    const checkpoint = known({ checkpoint: checkpointStep(join(folder, FILES.checkpoint)) });
    if (newest === undefined) return { state, ...checkpoint };
    const owner = openAttempt(folder)?.owner;
    return {
      ...{ state, ...attempt, ...lastEvaluation(place, newest), ...checkpoint },
      ...(owner && { owner: ownerShown(owner) }),
    };
  } catch (error) {
    return { state: "damaged", reason: messageOf(error) };
  }
}

/**
 * Seconds until all is done, if as many runs are at work as now: what those say about themselves, and for each of the others
 * the mean over finished runs of its configuration, else of its family, else of all.
 *
 * @returns undefined where nothing is at work, or nothing is known yet
 */
export function timeLeft(
  runs: readonly { readonly place: Place; readonly progress: RunProgress }[],
): number | undefined {
  const means = new Map<string, { sum: number; n: number }>();
  const keysOf = ({ run }: Place): readonly string[] => [
    ...(run === undefined ? [] : [run.configHash, `family ${run.config.family.name}`]),
    "all",
  ];
  for (const { place, progress } of runs) {
    const seconds = progress.record === undefined ? NaN : secondsOf(progress.record);
    if (Number.isNaN(seconds) || progress.state !== "done") continue;
    for (const key of keysOf(place)) {
      const { sum, n } = means.get(key) ?? { sum: 0, n: 0 };
      means.set(key, { sum: sum + seconds, n: n + 1 });
    }
  }
  const expected = (place: Place): number => {
    const key = keysOf(place).find((k) => means.has(k)) ?? "";
    const { sum, n } = means.get(key) ?? { sum: NaN, n: 1 };
    return sum / n;
  };
  const inState = (...states: string[]) =>
    runs.filter(({ progress: p }) => states.includes(p.state));
  const working = inState("running").map(
    ({ place, progress }) => progress.remaining ?? expected(place),
  );
  if (working.length === 0) return undefined;
  const waiting = inState("pending", "stopped", "lost").map(({ place }) => expected(place));
  const sum = [...working, ...waiting].reduce((total, seconds) => total + seconds, 0);
  const left = Math.max(sum / working.length, ...working);
  return Number.isFinite(left) ? left : undefined;
}
