import { dequantiseCounts } from "../datasets/dequantise.ts";
import { describeDropped } from "../datasets/table.ts";
import { createRng } from "../math/rng.ts";
import { makeRows } from "../math/rows.ts";
import { markOf } from "../record.ts";
import { load } from "../runner/flow.ts";
import { note } from "./output.ts";
import { readContext } from "./read-context.ts";
import { readRows } from "./read-rows.ts";
import { writeRows } from "./rows-file.ts";

export interface LogprobRequest {
  /** Folder of the run. */
  readonly run: string;
  readonly file: string;
  readonly context: string | undefined;
  readonly out: string;
}

/** One value per row of the file, in its order; NaN for a row that the run's `data.onBadRow: drop` leaves out. */
function perSourceRow(value: Float64Array, ids: Int32Array, sourceRows: number): Float64Array {
  const all = new Float64Array(sourceRows).fill(NaN);
  ids.forEach((id, i) => {
    all[id] = value[i] ?? NaN;
  });
  return all;
}

/**
 * Counts as the run saw them, with U[0, 1) added to each; always the same noise. What has fractions already, as drawn rows
 * have, stays as it is.
 */
function spread(values: Float64Array, levels: number | undefined): Float64Array {
  if (levels === undefined || !values.every(Number.isInteger)) return values;
  note("whole numbers are counts, and get U[0, 1) added as those of the run did");
  return dequantiseCounts(values, createRng(0));
}

/** Writes log p of each row of a file, and says what it is on average and of which rows there is none. */
export async function writeLogprob({
  run,
  file,
  context: contextFile,
  out,
}: LogprobRequest): Promise<void> {
  const flow = await load(run);
  const { columns, condition, shape, config, image, levels } = flow;
  const found = await readRows(file, {
    columns,
    data: config.data,
    ...(image && { image }),
    ...(condition && { condition }),
  });
  const { table } = found;
  const context =
    contextFile === undefined ? found.context : await readContext(contextFile, condition);
  const rows = makeRows(spread(table.values, levels), shape);
  const { value, provenance } = await flow.logProb(rows, context && { context });
  const all = perSourceRow(value, table.ids, table.sourceRows);
  const numbered = Float64Array.from({ length: 2 * all.length }, (_, k) =>
    k % 2 === 0 ? k / 2 : (all[k >> 1] ?? NaN),
  );
  if (out.endsWith(".csv")) writeRows(out, makeRows(numbered, [2]), ["row", "log_prob"]);
  else writeRows(out, makeRows(all, []), ["log_prob"]);
  const mean = value.reduce((sum, x) => sum + x, 0) / value.length;
  if (table.dropped.size > 0) note(`NaN for ${describeDropped(table.dropped)}`);
  const lost = value.filter((x) => !Number.isFinite(x)).length;
  if (lost > 0) note(`${lost} of ${value.length} rows have no finite log p`);
  if ("failure" in provenance) note(String(provenance["failure"]));
  note(
    `log p of ${value.length} rows in ${out}; mean ${mean.toFixed(4)} nats (${markOf(provenance)})`,
  );
}
