import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Attribute } from "../datasets/dataset.ts";
import { measureLogProb } from "../evaluation/log-prob.ts";
import { decodeLatents, encodeRows } from "../evaluation/latents.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { makeRows, rowSize, type Rows } from "../math/rows.ts";
import { createRng } from "../math/rng.ts";
import type { Model, Provenance } from "../model.ts";
import type { RunRecord } from "../record.ts";
import { DamagedFile, readBytes } from "../run-files.ts";
import { loadModel } from "../training/model-file.ts";
import type { Config } from "./config/resolve.ts";
import { contextFor } from "./context-for.ts";
import { engineOptions } from "./engine-options.ts";
import { loadPreprocessing, type Preprocessing } from "./preprocessing.ts";
import { inRawUnits, provenanceFor } from "./raw-likelihood.ts";
import { seedStreams } from "./seeds.ts";
import { storedCatalogue } from "./stored-catalogue.ts";
import { FILES, readResult, readStoredRun } from "./store/run-folder.ts";
import { asStored } from "./store/read-json.ts";
import { rowsOf, type RowsLike } from "./rows-like.ts";
import { messageOf, StoreError, UserError } from "./user-error.ts";

/** A trained flow in memory. Rows go in and come out in raw units. */
export interface Flow {
  readonly config: Config;
  /** Shape of one row. */
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  /** The record of the run; undefined for a flow that belongs to none. */
  readonly record: RunRecord | undefined;
  /** Shape of the image that a row is, also where rows are flattened. */
  readonly image?: readonly number[];
  /** Rows are counts 0 … levels − 1, dequantised. */
  readonly levels?: number;
  /** What a conditional flow is conditioned on. */
  readonly condition?: readonly Attribute[];
  /**
   * log p of rows, nats each, and how exact they are; `provenance.failure` says why rows have none (NaN), where it is so.
   *
   * @throws UserError on rows of another shape, DataError for values outside of declared bounds
   */
  logProb(rows: RowsLike, given?: Given): Promise<{ value: Float64Array; provenance: Provenance }>;
  /**
   * Draws. A longer request begins with the rows of a shorter one.
   *
   * @param temperature scale of the base's deviation; 1 is the flow's own density
   */
  sample(
    n: number,
    options?: Given & { readonly seed?: number; readonly temperature?: number },
  ): Promise<Rows>;
  /**
   * Rows → latents [D] per row.
   *
   * @throws UserError on rows of another shape, ModelError for a family without an invertible map
   */
  encode(rows: RowsLike, given?: Given): Promise<Rows>;
  /** Latents [D] → rows: undoes `encode`. */
  decode(latents: RowsLike, given?: Given): Promise<Rows>;
}

export interface Given {
  /**
   * For a conditional flow, and no other: the condition of each row in raw units, or one row for all. A class is its word
   * where the words are numbers, else the index of its word, or a one-hot group.
   */
  readonly context?: RowsLike;
}

/** Joins a trained model and its preprocessing to a flow. */
export function makeFlow(
  config: Config,
  model: Model,
  preprocessing: Preprocessing,
  record?: RunRecord,
): Flow {
  const { shape, columns, image, levels, condition } = preprocessing;
  /** The condition as the model sees it. */
  const about = ({ context }: Given, count: number, who: string) =>
    contextFor(condition, context, count, who);
  const { batch, precision } = config.evaluation;
  const common = {
    model,
    engine: engineOptions(config, precision as "float32" | "float64"),
    batch: Number(batch),
  };
  const [main] = model.logProb;
  if (main === undefined) throw new Error(`${config.family.name}: the model has no likelihood.`);
  const provenance = provenanceFor(main.provenance, preprocessing);
  return {
    config,
    shape,
    columns,
    record,
    ...(image && { image }),
    ...(levels !== undefined && { levels }),
    ...(condition && { condition: condition.of }),
    async logProb(input, given = {}) {
      const rows = rowsOf(input, shape, "logProb");
      const seen = preprocessing.apply(rows);
      const context = about(given, rows.count, "logProb");
      const { logProb, rows: numbers } = await measureLogProb({
        ...{ ...common, ...context },
        rows: seen,
        name: main.name,
      });
      const { details, failure } = main.conclude?.(numbers) ?? {};
      return {
        value: inRawUnits(logProb, rows, preprocessing),
        provenance: { ...provenance, ...details, ...(failure !== undefined && { failure }) },
      };
    },
    async sample(n, { seed = 0, temperature = 1, ...given } = {}) {
      checkDraws(n, temperature);
      const rng = createRng(seed).fork("sample");
      const context = about(given, n, "sample");
      const { rows } = await sampleModel({ ...common, count: n, rng, temperature, ...context });
      const { values, shape: rowShape } = preprocessing.invert(rows);
      return makeRows(values, rowShape);
    },
    async encode(input, given = {}) {
      const rows = preprocessing.apply(rowsOf(input, shape, "encode"));
      return encodeRows(model, rows, { ...common, ...about(given, rows.count, "encode") });
    },
    async decode(latents, given = {}) {
      const z = rowsOf(latents, [rowSize({ shape })], "decode");
      const context = about(given, z.count, "decode");
      return preprocessing.invert(await decodeLatents(model, z, { ...common, ...context }));
    },
  };
}

function checkDraws(n: number, temperature: number): void {
  if (!Number.isInteger(n) || n < 0)
    throw new UserError(`sample: expected a whole number of rows of at least 0, got ${n}.`);
  if (!(temperature >= 0) || !Number.isFinite(temperature))
    throw new UserError(`sample: expected a finite temperature of at least 0, got ${temperature}.`);
}

/** Reads a file that the run wrote: what it cannot be read as was damaged since, as the configuration is known to be its own. */
function ofRun<T>(folder: string, path: string, read: (bytes: Buffer) => T): T {
  const bytes = asStored(() => readBytes(path));
  try {
    return read(bytes);
  } catch (error) {
    const cure = `do the run again with: flowmeter resume ${folder} --force`;
    const { message } = new DamagedFile(path, messageOf(error).replace(/\.$/, ""), cure);
    throw new StoreError(message, { cause: error });
  }
}

/**
 * Loads the trained flow of a run.
 *
 * @param folder the run's folder
 * @throws UserError if the folder holds no finished run; StoreError if what it wrote was damaged since
 */
export async function load(folder: string): Promise<Flow> {
  const run = readStoredRun(folder);
  const { config } = run;
  const record = readResult(folder);
  const path = join(folder, FILES.model);
  if (record?.status !== "done" || !existsSync(path))
    throw new UserError(
      record === undefined
        ? `${folder} is not finished; finish it with: flowmeter resume ${folder}`
        : `${folder} has no model: the run is ${record.status}${record.reason === undefined ? "" : ` (${record.reason})`}.`,
    );
  const { name, ...options } = config.family;
  const { families } = await storedCatalogue(run, ["family"]);
  const fitted = join(folder, FILES.preprocessing);
  const preprocessing = ofRun(folder, fitted, (bytes) =>
    loadPreprocessing(JSON.parse(bytes.toString("utf8"))),
  );
  const { shape, cells, condition } = preprocessing;
  const model = families.get(name).build({
    options,
    shape,
    contextSize: condition?.columns.length ?? 0,
    ...(cells && { cells }),
    rng: seedStreams(config.seed).model,
  });
  ofRun(folder, path, (bytes) => {
    loadModel(model.store, bytes, FILES.model);
  });
  return makeFlow(config, model, preprocessing, record);
}
