import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { decodeLatents, encodeRows } from "../evaluation/latents.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { makeRows, rowSize, type Rows } from "../math/rows.ts";
import { createRng } from "../math/rng.ts";
import type { Model, Provenance } from "../model.ts";
import type { RunRecord } from "../record.ts";
import { loadModel } from "../training/model-file.ts";
import type { Config } from "./config/resolve.ts";
import { engineOptions } from "./engine-options.ts";
import { loadCatalogue } from "./load-catalogue.ts";
import {
  loadPreprocessing,
  type Preprocessing,
  type StoredPreprocessing,
} from "./preprocessing.ts";
import { seedStreams } from "./seeds.ts";
import { FILES, readResult, readStoredRun } from "./store/run-folder.ts";
import { rowsOf, type RowsLike } from "./rows-like.ts";
import { UserError } from "./user-error.ts";

/** A trained flow in memory. Rows go in and come out in raw units. */
export interface Flow {
  readonly config: Config;
  /** Shape of one row. */
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  /** The record of the run; undefined for a flow that belongs to none. */
  readonly record: RunRecord | undefined;
  /**
   * log p of rows, nats each.
   *
   * @throws UserError on rows of another shape
   */
  logProb(rows: RowsLike): Promise<{ value: Float64Array; provenance: Provenance }>;
  /**
   * Draws. A longer request begins with the rows of a shorter one.
   *
   * @param temperature scale of the base's deviation; 1 is the flow's own density
   */
  sample(
    n: number,
    options?: { readonly seed?: number; readonly temperature?: number },
  ): Promise<Rows>;
  /**
   * Rows → latents [D] per row.
   *
   * @throws UserError on rows of another shape, ModelError for a family without an invertible map
   */
  encode(rows: RowsLike): Promise<Rows>;
  /** Latents [D] → rows: undoes `encode`. */
  decode(latents: RowsLike): Promise<Rows>;
}

/** Joins a trained model and its preprocessing to a flow. */
export function makeFlow(
  config: Config,
  model: Model,
  preprocessing: Preprocessing,
  record?: RunRecord,
): Flow {
  const { shape, columns, likelihood, logScale } = preprocessing;
  const { batch, precision } = config.evaluation;
  const common = {
    model,
    engine: engineOptions(config, precision as "float32" | "float64"),
    batch: Number(batch),
  };
  const [main] = model.logProb;
  if (main === undefined) throw new Error(`${config.family.name}: the model has no likelihood.`);
  const provenance: Provenance =
    likelihood === "bound" && main.provenance.kind === "exact"
      ? { kind: "bound" }
      : main.provenance;
  return {
    config,
    shape,
    columns,
    record,
    async logProb(rows) {
      const seen = preprocessing.apply(rowsOf(rows, shape, "logProb"));
      const values = await evaluateLogProb({ ...common, rows: seen, name: main.name });
      return { value: values.map((value) => value - logScale), provenance };
    },
    async sample(n, { seed = 0, temperature = 1 } = {}) {
      if (!Number.isInteger(n) || n < 0)
        throw new UserError(`sample: expected a whole number of rows of at least 0, got ${n}.`);
      if (!(temperature >= 0) || !Number.isFinite(temperature))
        throw new UserError(
          `sample: expected a finite temperature of at least 0, got ${temperature}.`,
        );
      const rng = createRng(seed).fork("sample");
      const { rows } = await sampleModel({ ...common, count: n, rng, temperature });
      const { values, shape: rowShape } = preprocessing.invert(rows);
      return makeRows(values, rowShape);
    },
    encode: (rows) => encodeRows(model, preprocessing.apply(rowsOf(rows, shape, "encode")), common),
    async decode(latents) {
      const z = rowsOf(latents, [rowSize({ shape })], "decode");
      return preprocessing.invert(await decodeLatents(model, z, common));
    },
  };
}

/**
 * Loads the trained flow of a run.
 *
 * @param folder the run's folder
 * @throws UserError if the folder holds no finished run
 */
export async function load(folder: string): Promise<Flow> {
  const { config } = readStoredRun(folder);
  const record = readResult(folder);
  const path = join(folder, FILES.model);
  if (record?.status !== "done" || !existsSync(path))
    throw new UserError(
      record === undefined
        ? `${folder} is not finished; finish it with: flowmeter resume ${folder}`
        : `${folder} has no model: the run is ${record.status}${record.reason === undefined ? "" : ` (${record.reason})`}.`,
    );
  const stored = JSON.parse(
    readFileSync(join(folder, FILES.preprocessing), "utf8"),
  ) as StoredPreprocessing;
  const { name, ...options } = config.family;
  const { families } = await loadCatalogue();
  const model = families.get(name).build({
    options,
    shape: stored.shape,
    contextSize: 0,
    rng: seedStreams(config.seed).model,
  });
  loadModel(model.store, readFileSync(path), path);
  return makeFlow(config, model, loadPreprocessing(stored), record);
}
