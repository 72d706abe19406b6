import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../../src/record.ts";
import { attemptsIn, fingerprint } from "../../src/run-files.ts";
import { stateOf } from "../../src/runner/store/run-folder.ts";

/** Names of the folders of runs that a sweep has made so far. */
export const runsIn = (sweep: string): readonly string[] =>
  existsSync(sweep)
    ? readdirSync(sweep).filter((name) => existsSync(join(sweep, name, "config.json")))
    : [];

export const resultOf = (run: string): RunRecord =>
  JSON.parse(readFileSync(join(run, "result.json"), "utf8")) as RunRecord;

export const isDone = (run: string): boolean =>
  existsSync(join(run, "result.json")) && resultOf(run).status === "done";

/** Changes what a run has written, as if it had been so from the start. */
export function rewriteResult(run: string, change: (text: string) => string): void {
  const path = join(run, "result.json");
  const text = change(readFileSync(path, "utf8"));
  writeFileSync(path, text);
  const exit = { status: "done", result: fingerprint(text) };
  writeFileSync(join(run, attemptsIn(run).at(-1) ?? "", "exit.json"), JSON.stringify(exit));
}

/** All that a run has measured; how long it took varies. */
export function numbersOf(run: string): unknown {
  const { status, metrics, training, layers } = resultOf(run);
  const { steps, trainLoss, valMonitor } = training ?? {};
  return { status, metrics, layers, steps, trainLoss, valMonitor };
}

/** How the attempts at a run ended; "?" for one that was killed. */
export const attemptsAt = (run: string): readonly string[] =>
  readdirSync(run)
    .filter((name) => name.startsWith("attempt-"))
    .sort()
    .map((name) => {
      const path = join(run, name, "exit.json");
      if (!existsSync(path)) return "?";
      return (JSON.parse(readFileSync(path, "utf8")) as { status: string }).status;
    });

/** The processes that have worked on a run, attempt by attempt. */
export const pidsAt = (run: string): readonly number[] =>
  readdirSync(run)
    .filter((name) => name.startsWith("attempt-"))
    .sort()
    .map((name) => {
      const owner = readFileSync(join(run, name, "owner.json"), "utf8");
      return (JSON.parse(owner) as { pid: number }).pid;
    });

/** Processes that are at work on runs of a sweep. */
export const workersOf = (sweep: string): readonly number[] =>
  runsIn(sweep)
    .map((name) => join(sweep, name))
    .filter((run) => stateOf(run) === "running")
    .flatMap((run) => pidsAt(run).at(-1) ?? []);
