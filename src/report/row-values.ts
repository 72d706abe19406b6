import { keptArrayReader } from "../kept-array.ts";
import type { RunRecord } from "../record.ts";

/** What a metric is the mean of, row by row. */
export interface RowValues {
  /** The place of each test row in its source. */
  readonly ids: ArrayLike<number>;
  /** Unit of the metric, up to a constant that all runs on the same rows share. */
  readonly values: ArrayLike<number>;
}

/** The terms of a run's metric; nothing where they were not kept. Called where a table compares, not before. */
export type ReadRowValues = (record: RunRecord, metric: string) => RowValues | undefined;

/**
 * Metrics that are means of −log p, each but for a constant that depends on the rows only: the log-determinant of the
 * standardisation, the true density, the levels of counts. What follows the name is that of the likelihood.
 */
const LIKELIHOOD = /^(?:test_nll_standardised|test_nll|kl|(bits_per_dim))(?:_(.+))?$/;

/**
 * Reads the terms of likelihoods from `arrays/` of the runs' folders. Other metrics touch no file.
 *
 * @param folders of the records, in their order
 * @param tell told of files that cannot be used; without it stderr is
 */
export function rowValuesIn(
  records: readonly RunRecord[],
  folders: readonly string[],
  tell?: (text: string) => void,
): ReadRowValues {
  const folderOf = new Map(records.map((record, i) => [record, folders[i]]));
  const read = keptArrayReader("Tests over rows are made without this run.", tell);
  return (record, metric) => {
    const [matched, bits, likelihood] = LIKELIHOOD.exec(metric) ?? [];
    const folder = folderOf.get(record);
    if (matched === undefined || folder === undefined) return undefined;
    const name = likelihood === undefined ? "test-log-prob" : `test-log-prob-${likelihood}`;
    const logProb = read(folder, name)?.values;
    const ids = logProb && read(folder, "test-ids")?.values;
    if (logProb === undefined || ids === undefined) return undefined;
    const scale = bits === undefined ? -1 : -1 / ((record.dim ?? NaN) * Math.LN2);
    return { ids, values: Float64Array.from(logProb, (x) => scale * x) };
  };
}
