import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ATTEMPT_FILES, attemptName, attemptNumber, attemptsIn } from "../runner/store/attempts.ts";
import { findRun } from "../runner/store/find-run.ts";
import { followLog, isOver, type News } from "../runner/store/follow.ts";
import { readTail } from "../runner/store/jsonl.ts";
import { locate, reading, type Located, type Place } from "../runner/store/locate.ts";
import { progressOf } from "../runner/store/run-status.ts";
import { UserError } from "../runner/user-error.ts";
import { EXIT } from "./exit-codes.ts";
import type { LogsArguments } from "./logs.ts";
import { note, print } from "./output.ts";

/** Milliseconds between looks at files that are followed. */
const EVERY = 500;
const pause = (): Promise<void> => setTimeout(EVERY);

/** The name of the attempt that was asked for, or of the newest; undefined where there is none yet. */
function chooseAttempt({ folder, runId }: Place, asked: number | undefined): string | undefined {
  const names = attemptsIn(folder);
  if (asked === undefined) return names.at(-1);
  const name = attemptName(asked);
  if (names.includes(name)) return name;
  const numbers = names.map(attemptNumber).join(", ");
  throw new UserError(
    `${runId}: expected an attempt that there is${numbers === "" ? ", and there is none yet" : ` (${numbers})`}, got --attempt ${asked}.`,
  );
}

/** A list of runs with the last line of their logs. */
function listRuns({ places }: Located, json: boolean): void {
  const width = String(places.length).length;
  places.forEach((place, i) => {
    const newest = attemptsIn(place.folder).at(-1);
    const log = newest === undefined ? "" : readTail(join(place.folder, newest, ATTEMPT_FILES.log));
    // A line may have moved the cursor when it was written; here it is one line among others.
    const last = (log.trimEnd().split("\n").at(-1) ?? "").replaceAll(/\p{Cc}/gu, " ");
    const { state } = progressOf(place);
    if (json) print(JSON.stringify({ run: place.runId, state, attempt: newest ?? null, last }));
    else
      print(
        `${String(i + 1).padStart(width)}  ${state.padEnd(8)}  ${place.runId}  ${last}`.trimEnd(),
      );
  });
}

/** Prints what is added until nothing more will be. */
async function follow(next: () => News): Promise<void> {
  let seen: string | undefined;
  for (;;) {
    const { pieces, over } = next();
    for (const { attempt, text } of pieces) {
      if (seen !== undefined && attempt !== seen) note(`--- ${attempt}`);
      seen = attempt;
      process.stdout.write(text);
    }
    if (over) return;
    await pause();
  }
}

/** The same for all runs of a sweep that are not finished, each line behind the name of its run. */
async function followAll(places: readonly Place[]): Promise<void> {
  let open = places
    .filter((place) => progressOf(place).record === undefined || !isOver(place.folder))
    .map(({ runId, folder }) => ({ runId, next: followLog(folder), rest: "" }));
  if (open.length === 0) note("All runs have ended; flowmeter logs DIR RUN shows the log of one.");
  while (open.length > 0) {
    open = open.filter((run) => {
      const { pieces, over } = run.next();
      const lines = (run.rest + pieces.map(({ text }) => text).join("")).split("\n");
      run.rest = over ? "" : (lines.pop() ?? "");
      for (const line of lines) if (line !== "" || !over) print(`${run.runId} | ${line}`);
      return !over;
    });
    if (open.length > 0) await pause();
  }
}

/** Prints logs as asked and sets the exit code. */
export async function showLogs({
  dir,
  run,
  attempt,
  follow: goOn,
  json,
}: LogsArguments): Promise<void> {
  if (json && goOn)
    throw new UserError("--json is of a log as it stands; leave out --follow, or --json.");
  const located = locate(dir);
  const ofSweep = located.sweep !== undefined;
  if (ofSweep && run === undefined) {
    if (attempt !== undefined)
      throw new UserError(`--attempt ${attempt} is one of a run: give the run as well.`);
    if (goOn) await followAll(located.places);
    else listRuns(located, json);
    return;
  }
  const place = run === undefined ? located.places[0] : findRun(located, run);
  if (place === undefined) return;
  const name = chooseAttempt(place, attempt);
  if (goOn) {
    await reading(dir, () =>
      follow(followLog(place.folder, attempt === undefined ? undefined : name)),
    );
    return;
  }
  const log = join(place.folder, name ?? "", ATTEMPT_FILES.log);
  if (name === undefined || !existsSync(log)) {
    note(`${place.runId} has no log yet${name === undefined ? ": it has not been started" : ""}.`);
    process.exitCode = EXIT.nothing;
    return;
  }
  const text = reading(dir, () => readFileSync(log, "utf8"));
  if (json)
    for (const line of text.replace(/\n$/, "").split("\n"))
      print(JSON.stringify({ run: place.runId, attempt: name, line }));
  else print(text);
}
