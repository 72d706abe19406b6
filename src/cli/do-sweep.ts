import { join } from "node:path";
import prettyMs from "pretty-ms";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import type { RunEnd, SweepOptions } from "../runner/sweep.ts";
import type { Sweep } from "../runner/store/sweep-folder.ts";
import { messageOf } from "../runner/user-error.ts";
import { headline } from "./describe-record.ts";
import type { Execution } from "./execution.ts";
import { EXIT } from "./exit-codes.ts";
import { nextCommands } from "./next-commands.ts";
import { note, print } from "./output.ts";
import { showSweep } from "./progress.ts";
import type { Leaving } from "./sweep-clock.ts";
import { listenForStop } from "./stop-signals.ts";

const OUTCOMES = ["done", "diverged", "failed", "stopped", "busy", "dropped"] as const;

const lineOf = ({ outcome, record, reason, reused }: RunEnd): string => {
  const text = record === undefined ? `${outcome}: ${reason ?? ""}` : headline(record);
  return `${text}${reused ? " (reused)" : ""}`;
};

function leavingOf({ outcome, started }: RunEnd): Leaving {
  if (outcome === "stopped") return "stopped";
  if (outcome === "busy") return "elsewhere";
  return started ? "worked" : "unworked";
}

const MOST_LISTED = 20;

/** So many names, and how many there are beside them. */
const listed = (names: readonly string[]): string => {
  const more = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** Which configurations of a halving went on, and whether none could. */
async function halvingOf({ runs }: Sweep, ends: readonly RunEnd[]) {
  const [{ describeHalving }, { isStuck }] = await Promise.all([
    import("./describe-halving.ts"),
    import("../runner/halving.ts"),
  ]);
  const records = new Map(ends.map(({ run, record }) => [run.runId, record]));
  const recordOf = ({ runId }: ResolvedRun) => records.get(runId);
  return { lines: await describeHalving(runs, recordOf), stuck: isStuck(runs, recordOf) };
}

/** Runs that a display counts: of a halving those that will be done, whichever these are. */
async function countRuns(sweep: Sweep): Promise<number> {
  const { isHalving, likelyRuns, verdictsIn } = await import("../runner/halving.ts");
  return isHalving(sweep.runs)
    ? likelyRuns(sweep.runs, verdictsIn(sweep)).length
    : sweep.runs.length;
}

/** Counts, time, every failure with its log, and what to type next. */
async function summarise(
  sweep: Sweep,
  ends: readonly RunEnd[],
  milliseconds: number,
): Promise<{ readonly stuck: boolean }> {
  const counts = OUTCOMES.map((outcome) => ({
    outcome,
    count: ends.filter((end) => end.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
  const reused = ends.filter((end) => end.reused).length;
  const parts = counts.map(({ outcome, count }) => `${count} ${outcome}`).join(", ");
  note(`\n${parts}${reused > 0 ? ` (${reused} reused)` : ""} in ${prettyMs(milliseconds)}`);
  for (const { run, outcome, reason, log } of ends)
    if (outcome === "failed" || outcome === "diverged")
      note(`${outcome}: ${run.runId}\n  ${reason ?? ""}\n  ${log ?? "no log was written"}`);
  const unstarted = ends.filter(({ outcome, started }) => outcome === "stopped" && !started);
  if (unstarted.length > 0) note(`not started: ${listed(unstarted.map(({ run }) => run.runId))}`);
  const { lines, stuck } = await halvingOf(sweep, ends);
  for (const line of lines) note(line);
  for (const command of nextCommands(sweep.folder, ends)) note(`Next: ${command}`);
  return { stuck };
}

const isPreliminary = ({ rung }: ResolvedRun): boolean =>
  rung !== undefined && rung.at < rung.of - 1;

/** The table of what there is by now; where the runs do not belong in one, the reason instead. */
async function printTable(folder: string, ends: readonly RunEnd[]): Promise<void> {
  // Of a halving those that had the whole budget; what came before was for choosing them.
  const done = ends.flatMap(({ record, run }) =>
    record === undefined || isPreliminary(run) ? [] : [{ record, run }],
  );
  if (done.length === 0) return;
  const [{ usualAxes }, { makeTable }, { markdown }, { rowValuesIn }] = await Promise.all([
    import("../report/axes.ts"),
    import("../report/table.ts"),
    import("../report/formats/markdown.ts"),
    import("../report/row-values.ts"),
  ]);
  const records = done.map(({ record }) => record);
  const folders = done.map(({ run }) => join(folder, run.runId));
  try {
    const read = rowValuesIn(records, folders);
    print(`\n${markdown(makeTable(records, { ...usualAxes(records), read }))}`);
  } catch (error) {
    note(messageOf(error));
  }
}

/** What does the runs instead of processes of this machine. */
export interface SweepLauncher {
  readonly execute: (sweep: Sweep, options: SweepOptions) => Promise<readonly RunEnd[]>;
  /** What the first Ctrl-C means here. */
  readonly onStop: string;
}

/** Does a sweep with a display, prints its summary and sets the exit code. */
export async function doSweep(
  sweep: Sweep,
  { json, ...execution }: Execution,
  launcher?: SweepLauncher,
): Promise<void> {
  const runSweep = launcher?.execute ?? (await import("../runner/sweep.ts")).runSweep;
  const { stop, kill, exitCode } = listenForStop(() => undefined, launcher?.onStop);
  const display = showSweep(await countRuns(sweep), execution.jobs);
  const began = performance.now();
  const ends = await runSweep(sweep, {
    ...execution,
    stop,
    kill,
    observer: {
      onStart: ({ runId }) => {
        display.start(runId);
      },
      onProgress: ({ runId }, progress) => {
        display.update(runId, progress);
      },
      onNote: (text) => {
        display.log(text);
      },
      onEnd(end) {
        if (end.outcome !== "dropped") display.done(end.run.runId, lineOf(end), leavingOf(end));
        if (json && end.record !== undefined) print(JSON.stringify(end.record));
      },
    },
  }).finally(() => {
    display.end();
  });
  const { stuck } = await summarise(sweep, ends, performance.now() - began);
  if (!json) await printTable(sweep.folder, ends);
  const code = exitCode();
  if (code !== undefined) process.exitCode = code;
  else if (stuck || ends.some(({ outcome }) => outcome === "failed" || outcome === "diverged"))
    process.exitCode = EXIT.failed;
  else if (ends.some(({ outcome }) => outcome === "stopped")) process.exitCode = EXIT.stopped;
  else if (ends.some(({ outcome }) => outcome === "busy")) process.exitCode = EXIT.store;
}
