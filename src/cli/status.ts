import { join } from "node:path";
import type { CommandModule } from "yargs";
import { encodeNumbers } from "../record.ts";
import type { Located, Place } from "../runner/store/locate.ts";
import type { RunState } from "../runner/store/run-folder.ts";
import type { RunProgress } from "../runner/store/run-status.ts";
import type { Sweep } from "../runner/store/sweep-folder.ts";
import { EXIT } from "./exit-codes.ts";
import { note, print } from "./output.ts";
import { slurmViews } from "./slurm-views.ts";

interface StatusArguments {
  readonly dir: string;
  readonly state: string | undefined;
  readonly json: boolean;
}

interface Row {
  readonly place: Place;
  /** By its files, and where Slurm has it by the queue. */
  readonly progress: RunProgress;
  /** What Slurm says about it; empty if there is nothing to tell. */
  readonly told: string;
  /** Of a halving whether it counts for the time: of each rung as many runs as will be done. */
  readonly isLikely: boolean;
}

const STATES: readonly RunState[] = [
  ...(["running", "pending", "stopped", "lost"] as const),
  ...(["done", "diverged", "failed", "damaged", "dropped"] as const),
];

/** What there is to say behind a run's name. */
async function detailOf({ progress, told }: Row): Promise<string> {
  const { state, attempt, owner, record, reason, ...at } = progress;
  if (record !== undefined) return (await import("./describe-record.ts")).headline(record);
  if (state === "damaged") return reason ?? "";
  const { default: prettyMs } = await import("pretty-ms");
  const { step, steps, stepsPerSecond, remaining, checkpoint } = at;
  const rate = stepsPerSecond === undefined ? [] : [`${stepsPerSecond.toPrecision(3)} steps/s`];
  const left = remaining === undefined ? [] : [`${prettyMs(Math.ceil(remaining) * 1000)} left`];
  const from = checkpoint === undefined ? "has no checkpoint" : `goes on from step ${checkpoint}`;
  // Where Slurm has a word for it, nothing is uncertain.
  const doubt =
    owner?.uncertain === undefined || told !== "" ? "" : ` (may have ended: ${owner.uncertain})`;
  const wentOn = attempt !== undefined && (state === "stopped" || state === "lost");
  return [
    ...(told === "" ? [] : [told]),
    ...(step === undefined ? [] : [`step ${step}${steps === undefined ? "" : `/${steps}`}`]),
    ...(state === "running" ? [...rate, ...left] : []),
    ...(wentOn ? [from] : []),
    // The claim of a job that was put back is of its earlier start.
    ...(owner === undefined || state === "pending"
      ? []
      : [`process ${owner.pid} on ${owner.host}${doubt}`]),
  ].join(", ");
}

/** `3 done, 1 running, 8 pending`. */
function countText(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { progress } of rows)
    counts.set(progress.state, (counts.get(progress.state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
}

/** A folder of sweeps and runs: how far each of them is. */
async function statusOfFolder(dir: string, names: readonly string[], json: boolean): Promise<void> {
  const { locate } = await import("../runner/store/locate.ts");
  const { messageOf } = await import("../runner/user-error.ts");
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) {
    const folder = join(dir, name);
    try {
      const rows = await rowsOf(locate(folder));
      if (json) print(JSON.stringify({ folder, runs: rows.length, states: countText(rows) }));
      else print(`${name.padEnd(width)}  ${countText(rows)}`);
    } catch (error) {
      note(messageOf(error));
      process.exitCode = EXIT.store;
    }
  }
}

/** Which runs of a halving others have outdone, and which of them will be done; by the records that were read. */
async function halvingOf(sweep: Sweep, read: readonly RunProgress[]) {
  const { isHalving, likelyRuns, verdicts } = await import("../runner/halving.ts");
  if (!isHalving(sweep.runs)) return undefined;
  const records = new Map(sweep.runs.map(({ runId }, i) => [runId, read[i]?.record]));
  const found = verdicts(sweep.runs, ({ runId }) => records.get(runId));
  const likely = new Set(likelyRuns(sweep.runs, found).map(({ runId }) => runId));
  return { isDropped: (id: string) => found.get(id) === "dropped", likely };
}

async function rowsOf({ folder, places, sweep }: Located): Promise<readonly Row[]> {
  const { progressOf } = await import("../runner/store/run-status.ts");
  const views = sweep === undefined ? undefined : await slurmViews(folder);
  const read = places.map(progressOf);
  const halving = sweep && (await halvingOf(sweep, read));
  return places.map((place, i) => {
    const own = read[i] ?? progressOf(place);
    const { runId } = place;
    const isDropped = own.state === "pending" && halving?.isDropped(runId) === true;
    const state = views?.get(runId)?.state ?? (isDropped ? "dropped" : own.state);
    const told = views?.get(runId)?.detail ?? "";
    return {
      place,
      progress: { ...own, state },
      told,
      isLikely: halving?.likely.has(runId) ?? true,
    };
  });
}

async function printRow(row: Row, json: boolean): Promise<void> {
  const { place, progress, told } = row;
  const { runId, folder } = place;
  const { record, owner, ...rest } = progress;
  const nll = record?.metrics["test_nll"];
  if (json)
    print(
      JSON.stringify(
        encodeNumbers({
          ...{ runId, folder, ...rest, ...owner },
          ...(told !== "" && { detail: told }),
          ...(record?.reason !== undefined && { reason: record.reason }),
          ...(nll && { test_nll: nll.value, stderr: nll.stderr }),
        }),
      ),
    );
  else print(`${progress.state.padEnd(8)}  ${runId}  ${await detailOf(row)}`.trimEnd());
}

export const statusCommand: CommandModule<unknown, StatusArguments> = {
  command: "status <dir>",
  describe: "How far a sweep or a run is",
  builder: (args) =>
    args
      .positional("dir", { type: "string", demandOption: true, describe: "its folder" })
      .option("state", { choices: STATES, describe: "only runs of this state" })
      .option("json", { type: "boolean", default: false, describe: "an object per line" }),
  async handler({ dir, state, json }) {
    const { heldBy, isHolder, locate } = await import("../runner/store/locate.ts");
    if (isHolder(dir)) {
      await statusOfFolder(dir, heldBy(dir), json);
      return;
    }
    const rows = await rowsOf(locate(dir));
    const shown = rows.filter(({ progress }) => state === undefined || progress.state === state);
    for (const row of shown) await printRow(row, json);
    if (rows.some(({ progress }) => progress.state === "damaged")) process.exitCode = EXIT.store;
    else if (shown.length === 0) process.exitCode = EXIT.nothing;
    if (json) return;
    const { timeLeft } = await import("../runner/store/run-status.ts");
    const { default: prettyMs } = await import("pretty-ms");
    const left = timeLeft(rows.filter(({ isLikely }) => isLikely));
    const about =
      left === undefined
        ? ""
        : `; about ${prettyMs(Math.ceil(left) * 1000, { unitCount: 2 })} left`;
    print(`${countText(rows)}${about}`);
  },
};
