import { createHash } from "node:crypto";
import type { Dataset } from "../datasets/dataset.ts";
import { countDuplicates, duplicateNotes } from "../datasets/duplicates.ts";
import { rowSize, selectRows, type Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import { unknownName } from "../registry.ts";
import type { TrainingProgress } from "../training/train.ts";
import { configHash } from "./config/config-hash.ts";
import { createLibrary } from "./config/library.ts";
import { resolveRuns } from "./config/resolve.ts";
import type { Setting } from "./config/setting.ts";
import { normalise, isMap, isGroup } from "./config/setting.ts";
import { makeFlow, type Flow } from "./flow.ts";
import { loadCatalogue } from "./load-catalogue.ts";
import { makeRecord } from "./make-record.ts";
import { rebasePlugins } from "./plugins/resolve-plugin.ts";
import { digestsByName, usedPlugins } from "./plugins/used-plugins.ts";
import { performRun } from "./run.ts";
import { rowsOf, type RowsLike } from "./rows-like.ts";
import { seedStreams } from "./seeds.ts";
import { startStopwatch } from "./stopwatch.ts";
import { UserError } from "./user-error.ts";
import { VERSION } from "./version.ts";

type Options = Readonly<Record<string, unknown>>;
type Named = string | (Options & { readonly name: string });

export interface TrainRequest {
  /** Name, or name and options. */
  readonly family: Named;
  /** Rows, or a data set as a configuration names it. */
  readonly data: RowsLike | Named;
  /** For rows in memory: the condition of each row, numbers. The flow is then p(row | context). */
  readonly context?: RowsLike;
  readonly training?: Options;
  readonly evaluation?: Options;
  readonly engine?: Named;
  readonly seed?: number;
  /** Files and packages of plugins; relative paths start at the working directory. */
  readonly plugins?: readonly string[];
  /** Shift and scale columns on the training rows; for tables in memory on unless said otherwise, for a data set as it says. */
  readonly standardise?: boolean;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

const isNamed = (data: TrainRequest["data"]): data is Named =>
  typeof data === "string" || (isMap(data) && typeof data["name"] === "string");

const KEYS: Readonly<Record<keyof TrainRequest, true>> = {
  family: true,
  data: true,
  context: true,
  training: true,
  evaluation: true,
  engine: true,
  seed: true,
  plugins: true,
  standardise: true,
  onProgress: true,
  signal: true,
};

/** JavaScript callers have no compiler to tell them of a slip. */
function checkKeys(request: TrainRequest): void {
  const unknown = Object.keys(request).find((key) => !Object.hasOwn(KEYS, key));
  if (unknown !== undefined)
    throw new UserError(`train: ${unknownName("key", unknown, Object.keys(KEYS))}`);
}

/** The data set with the request's `standardise`, which must not contradict its own. */
function withStandardise(data: Named, standardise: boolean | undefined): Named {
  if (standardise === undefined) return data;
  const options = typeof data === "string" ? { name: data } : data;
  const own = (options as Options)["standardise"];
  if (own !== undefined && own !== standardise)
    throw new UserError(
      `train: standardise is ${standardise}, but data.standardise is ${JSON.stringify(own)}; give one of them.`,
    );
  return { ...options, standardise };
}

/** A data set of rows in memory, split 80 : 10 : 10 in a random order. */
function datasetOf(rows: Rows, context: Rows | undefined, rng: Rng): Dataset {
  const order = rng.permutation(rows.count);
  const held = Math.floor(rows.count / 10);
  const train = rows.count - 2 * held;
  const testIds = order.slice(train + held);
  const parts = (all: Rows) => ({
    train: selectRows(all, order.subarray(0, train)),
    validation: selectRows(all, order.subarray(train, train + held)),
    test: selectRows(all, testIds),
  });
  const sets = parts(rows);
  const duplicates = countDuplicates(sets.train, sets.test);
  const copies = countDuplicates(sets.train, sets.validation);
  return {
    name: "rows",
    shape: rows.shape,
    columns: Array.from({ length: rowSize(rows) }, (_, j) => `x${j + 1}`),
    ...sets,
    testIds,
    ...(context && {
      attributes: { of: contextNames(context).map((name) => ({ name })), ...parts(context) },
    }),
    likelihood: "exact",
    duplicates,
    notes: duplicateNotes({
      test: { duplicates, of: held },
      validation: { duplicates: copies, of: held },
    }),
    digest: createHash("sha256").update(rows.values).digest("hex").slice(0, 16),
  };
}

/** Names of the columns of a context in memory. */
const contextNames = (context: Rows): readonly string[] =>
  Array.from({ length: rowSize(context) }, (_, j) => `c${j + 1}`);

/** The condition of rows in memory; throws UserError where it is not one for each row. */
function contextOf({ context, data }: TrainRequest, rows: Rows | undefined): Rows | undefined {
  if (context === undefined) return undefined;
  if (rows === undefined)
    throw new UserError(
      `train: expected context beside rows in memory only, got the data set ${JSON.stringify(data)}; name its columns in data.condition.`,
    );
  const read = rowsOf(context, undefined, "train: context");
  if (read.count !== rows.count || read.shape.length !== 1)
    throw new UserError(
      `train: expected one row of context for each of the ${rows.count} rows, got ${read.count} of shape [${read.shape.join(", ")}].`,
    );
  return read;
}

/** The request's keys as settings; a dotted path is what messages name. */
function settingsOf(request: TrainRequest, data: Named): readonly Setting[] {
  const { family, training, evaluation, engine, seed, plugins } = request;
  const here = plugins && rebasePlugins(plugins, process.cwd());
  const given = { family, data, training, evaluation, engine, seed, plugins: here };
  return Object.entries(given).flatMap(([key, value]) =>
    value === undefined
      ? []
      : normalise({
          path: [key],
          op: "force",
          value,
          origin: { kind: "argument", text: `train({ ${isGroup(key) ? `${key}: …` : key} })` },
        }),
  );
}

/**
 * Trains a flow in memory, with the same configuration, defaults and checks as the command line. Rows are split
 * 80 : 10 : 10 by the seed; the validation part decides when to stop.
 *
 * @throws ConfigError, UserError, DataError for what the caller can put right; Error if training diverges
 */
export async function train(request: TrainRequest): Promise<Flow> {
  const watch = startStopwatch();
  checkKeys(request);
  const catalogue = await loadCatalogue(request.plugins);
  const { data, seed = 0, standardise, onProgress, signal } = request;
  const rows = isNamed(data) ? undefined : rowsOf(data, undefined, "train");
  if (rows !== undefined && rows.count < 10)
    throw new UserError(`train: expected at least 10 rows, got ${rows.count}.`);
  const context = contextOf(request, rows);
  const options = {
    standardise: standardise ?? rows?.shape.length !== 3,
    ...(context && { condition: contextNames(context) }),
  };
  // The name stands in until the rows themselves replace the data set.
  const placeholder = { name: catalogue.datasets.names[0] ?? "", ...options };
  const named = isNamed(data) ? withStandardise(data, standardise) : placeholder;
  const overrides = { settings: settingsOf(request, named), axes: [], problems: [] };
  const [run] = await resolveRuns({ overrides }, catalogue, createLibrary([]));
  if (run === undefined) throw new Error("train: the request stands for no run.");
  const config =
    rows === undefined ? run.config : { ...run.config, data: { name: "rows", ...options } };
  const outcome = await performRun(config, {
    catalogue,
    ...(rows !== undefined && { dataset: datasetOf(rows, context, seedStreams(seed).data) }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  if (outcome.training.status !== "done")
    throw new Error(outcome.training.reason ?? `train: ${outcome.training.status}.`);
  const used = usedPlugins(config, catalogue.plugins);
  const sources = used.map(({ digest }) => digest);
  const identity = {
    ...{ config, configHash: configHash(config, VERSION, sources) },
    ...(used.length > 0 && { pluginDigests: digestsByName(used) }),
  };
  const record = makeRecord(identity, outcome, watch);
  return makeFlow(config, outcome.model, outcome.preprocessing, record);
}
