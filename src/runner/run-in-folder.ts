import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeNpy } from "../datasets/npy.ts";
import type { RunRecord } from "../record.ts";
import { fingerprint } from "../run-files.ts";
import { saveModel } from "../training/model-file.ts";
import { checkpointsIn } from "./checkpoints.ts";
import { assertDataFiles, assertSameRows, dataFiles, keepDataState } from "./data-state.ts";
import { evaluationWriter, stamped } from "./evaluation-writer.ts";
import { figurePng } from "./figure-png.ts";
import { makeRecord } from "./make-record.ts";
import { PREEMPTED } from "./preempted.ts";
import { performRun, type RunOutcome, type RunSurroundings } from "./run.ts";
import { startStopwatch } from "./stopwatch.ts";
import { jsonText, writeAtomic, writeJson } from "./store/atomic-write.ts";
import { clearRun } from "./store/clear-run.ts";
import {
  claim,
  FILES,
  readResult,
  readStoredRun,
  type Attempt,
  type StoredRun,
} from "./store/run-folder.ts";
import { Interrupted, messageOf } from "./user-error.ts";

export interface FolderRun extends Pick<
  RunSurroundings,
  "catalogue" | "signal" | "onBegin" | "onProgress"
> {
  readonly folder: string;
  /** Begin again, even if there is a result, a checkpoint or another process at work. */
  readonly force?: boolean;
  /** Told every line of the log. */
  readonly say?: (line: string) => void;
  readonly onClaim?: (attempt: Attempt) => void;
}

/** Writes what the run made; the record is not among it. */
async function saveArtifacts(folder: string, outcome: RunOutcome): Promise<void> {
  const { dataset, model, preprocessing, evaluated } = outcome;
  writeAtomic(join(folder, FILES.model), saveModel(model.store));
  writeJson(join(folder, FILES.preprocessing), preprocessing);
  if (evaluated === undefined) return;
  const arrays = join(folder, FILES.arrays);
  mkdirSync(arrays, { recursive: true });
  const put = (name: string, values: Float64Array | Int32Array, shape: readonly number[]): void => {
    writeAtomic(join(arrays, `${name}.npy`), writeNpy(values, shape));
  };
  put("test-ids", dataset.testIds, [dataset.testIds.length]);
  for (const [name, values] of Object.entries(evaluated.logProb))
    put(name === "" ? "test-log-prob" : `test-log-prob-${name}`, values, [values.length]);
  const { samples } = evaluated;
  if (samples !== undefined) put("samples", samples.values, [samples.count, ...samples.shape]);
  for (const [name, { values, shape }] of Object.entries(evaluated.arrays))
    put(name, values, shape);
  await saveFigures(join(folder, FILES.figures), evaluated.figures);
}

async function saveFigures(
  folder: string,
  figures: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, svg] of Object.entries(figures)) {
    mkdirSync(folder, { recursive: true });
    writeAtomic(join(folder, `${name}.svg`), svg);
    const png = await figurePng(svg);
    if (png !== undefined) writeAtomic(join(folder, `${name}.png`), png);
  }
}

/** The caller shows an error where it belongs; the log keeps it with its stack. */
function logError({ log }: Attempt, error: unknown): void {
  const stack = error instanceof Error ? `${error.stack ?? ""}\n` : "";
  appendFileSync(log, stamped(`error: ${messageOf(error)}`) + stack);
}

/** What stays the same over a run in a folder. */
interface Surroundings extends FolderRun {
  readonly attempt: Attempt;
  readonly stored: StoredRun;
  readonly say: (line: string) => void;
}

/**
 * Does the run and leaves everything in the folder. What an earlier try has left stays until training begins, so that a mistake
 * in the data or the options costs nothing.
 */
async function performInFolder(args: Surroundings): Promise<RunRecord> {
  const { folder, force = false, catalogue, signal, attempt, stored, say } = args;
  const watch = startStopwatch();
  const files = dataFiles(stored.config);
  const writeEvaluation = evaluationWriter(attempt);
  let digest = "";
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    clearRun(folder, force);
    keepDataState(folder, { files, digest });
    args.onBegin?.();
  };
  const outcome = await performRun(stored.config, {
    catalogue,
    checkpoints: checkpointsIn(join(folder, FILES.checkpoint), say),
    onDataset: (dataset) => {
      ({ digest } = dataset);
      if (!force) assertSameRows(folder, digest);
    },
    onBegin: begin,
    onProgress: (progress) => {
      writeEvaluation(progress);
      args.onProgress?.(progress);
    },
    ...(signal && { signal }),
    say,
  });
  begin();
  if (outcome.training.status === "interrupted")
    throw new Interrupted(
      `${stored.runId} was stopped ${outcome.training.reason ?? ""}; it goes on from there when it is started again.`,
    );
  await saveArtifacts(folder, outcome);
  const record = makeRecord(stored, outcome, watch, { attempts: attempt.number, files });
  for (const note of record.notes) say(note);
  const result = jsonText(record);
  writeAtomic(join(folder, FILES.result), result);
  say(record.reason ?? `${record.status} after ${outcome.training.steps} steps`);
  attempt.finish(record.status, { result: fingerprint(result) });
  return record;
}

/**
 * Does the run that a folder's `config.json` describes, or goes on with it, and leaves everything in the folder; the
 * record comes last, so that it exists if and only if the run is finished. A record that is done is given back as it
 * is.
 *
 * @throws Interrupted if the signal came first; StoreError if another process works in the folder; UserError if a
 *   result or checkpoint belongs to other data; what the run threw
 */
export async function runInFolder(args: FolderRun): Promise<RunRecord> {
  const { folder, force = false, signal } = args;
  if (!force) assertDataFiles([folder]);
  const existing = readResult(folder);
  if (existing?.status === "done" && !force) return existing;
  const stored = readStoredRun(folder);
  const attempt = claim(folder, { force });
  // Between the look at the result and the claim another process may have come to its end.
  const since = force ? undefined : readResult(folder);
  if (since?.status === "done") {
    attempt.finish("reused");
    return since;
  }
  args.onClaim?.(attempt);
  const say = (line: string): void => {
    appendFileSync(attempt.log, stamped(line));
    args.say?.(line);
  };
  try {
    say(`${stored.runId}: attempt in ${attempt.folder}`);
    return await performInFolder({ ...args, attempt, stored, say });
  } catch (error) {
    if (error instanceof Interrupted) say(error.message);
    else logError(attempt, error);
    const stopped = signal?.reason === PREEMPTED ? PREEMPTED : "stopped";
    const status = error instanceof Interrupted ? stopped : "error";
    attempt.finish(status, { message: messageOf(error) });
    throw error;
  }
}
