import { arch, cpus, platform } from "node:os";
import { fileURLToPath } from "node:url";
import { rowSize } from "../math/rows.ts";
import { encodeNumbers, type RunRecord, type RunStatus } from "../record.ts";
import type { DataState } from "./data-state.ts";
import { gitState } from "./git-state.ts";
import { memoised } from "./memoised.ts";
import { packageVersion } from "./package-versions.ts";
import type { RunOutcome } from "./run.ts";
import { sourceDigest } from "./source-digest.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { StoredRun } from "./store/run-folder.ts";
import { VERSION } from "./version.ts";

export const packageFolder = (): string => fileURLToPath(new URL("../..", import.meta.url));

/** Versions of the packages that decide about numbers, as installed. */
function packageVersions(): Readonly<Record<string, string>> {
  const names = ["@tensorflow/tfjs", "onnxruntime-node", "onnxruntime-web"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const version = packageVersion(name);
      return version === undefined ? [] : [[name, version]];
    }),
  );
}

/** The commit of a checkout of Flowmeter; an installed package has none, though its user's project may. */
export function commit(): string | null {
  const folder = packageFolder();
  if (folder.includes("node_modules")) return null;
  const state = gitState(folder);
  return state === null ? null : `${state.commit}${state.dirty ? "+changes" : ""}`;
}

/** What stays the same in a process, which has loaded its code: asked once, since git takes as long as many steps. */
const ofThisProcess = memoised(() => ({
  commit: commit(),
  source: sourceDigest(),
  packages: packageVersions(),
}));

function provenanceOf(
  { pluginDigests }: Pick<StoredRun, "pluginDigests">,
  watch: Stopwatch,
  attempts: number,
  outcome?: RunOutcome,
  files: DataState["files"] = {},
): RunRecord["provenance"] {
  const { commit, source, packages } = ofThisProcess();
  return {
    version: VERSION,
    commit,
    source,
    node: process.version,
    engine: outcome?.engine.engine ?? null,
    provider: outcome?.engine.engine ?? null,
    device: `${cpus()[0]?.model.trim() ?? "unknown processor"} (${platform()}-${arch()})`,
    packages,
    ...(pluginDigests && { plugins: pluginDigests }),
    dataDigest: outcome?.dataset.digest ?? null,
    ...(Object.keys(files).length > 0 && { dataFiles: files }),
    attempts,
    started: watch.started.toISOString(),
    finished: new Date().toISOString(),
    seconds: watch.seconds(),
  };
}

/** What records and tables call the data: its label, if it has one. */
const datasetName = ({ data }: StoredRun["config"], name = data.name): string =>
  typeof data["label"] === "string" ? data["label"] : name;

type Identity = Pick<StoredRun, "config" | "configHash" | "pluginDigests">;

const record = (
  { config, configHash }: Identity,
  status: RunStatus,
  parts: Pick<RunRecord, "dim" | "metrics" | "notes" | "provenance"> & Partial<RunRecord>,
): RunRecord =>
  encodeNumbers({
    schema: 1,
    status,
    family: config.family.name,
    dataset: datasetName(config),
    seed: config.seed,
    config,
    configHash,
    ...parts,
  }) as RunRecord;

interface Noted {
  readonly engine: Pick<RunOutcome["engine"], "notice">;
  readonly dataset: Pick<RunOutcome["dataset"], "notes">;
  readonly preprocessing: Pick<RunOutcome["preprocessing"], "notes">;
  readonly training: Pick<RunOutcome["training"], "notes">;
  readonly evaluated?: Pick<NonNullable<RunOutcome["evaluated"]>, "notes">;
}

/** What the user should know of each part of a run, the engine's fallback first, each thing once. */
export const recordNotes = ({
  engine,
  dataset,
  preprocessing,
  training,
  evaluated,
}: Noted): readonly string[] => [
  ...new Set([
    ...(engine.notice === undefined ? [] : [engine.notice]),
    ...dataset.notes,
    ...preprocessing.notes,
    ...training.notes,
    ...(evaluated?.notes ?? []),
  ]),
];

/**
 * The record of a run that came to its end, or diverged.
 *
 * @param attempts how many there were, this one included
 * @param files hashes of the files that the rows were read from, by path
 */
export function makeRecord(
  run: Identity,
  outcome: RunOutcome,
  watch: Stopwatch,
  { attempts = 1, files = {} }: { attempts?: number; files?: DataState["files"] } = {},
): RunRecord {
  const { dataset, training, evaluated } = outcome;
  const { steps, seconds, parameters, trainLoss, valMonitor } = training;
  return record(run, training.status === "done" ? "done" : "diverged", {
    ...(training.reason !== undefined && { reason: training.reason }),
    dataset: datasetName(run.config, dataset.name),
    dim: rowSize(dataset.train),
    metrics: (evaluated?.metrics ?? {}) as RunRecord["metrics"],
    ...(evaluated?.layers && {
      layers: evaluated.layers as unknown as NonNullable<RunRecord["layers"]>,
    }),
    training: {
      steps,
      seconds,
      stepsPerSecond: seconds > 0 ? steps / seconds : null,
      parameters,
      trainLoss,
      valMonitor,
    },
    ...(evaluated && {
      evaluation: {
        evaluationSeconds: evaluated.time.seconds,
        millisecondsPerRow: (1000 * evaluated.time.seconds) / evaluated.time.rows,
      },
    }),
    notes: recordNotes(outcome),
    provenance: provenanceOf(run, watch, attempts, outcome, files),
  });
}

/** The record of a run that ended without a result. */
export const failedRecord = (
  run: Identity,
  reason: string,
  watch: Stopwatch,
  attempts = 1,
): RunRecord =>
  record(run, "failed", {
    reason,
    dim: null,
    metrics: {},
    notes: [],
    provenance: provenanceOf(run, watch, attempts),
  });
