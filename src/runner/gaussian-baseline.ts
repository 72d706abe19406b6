import type { Dataset } from "../datasets/dataset.ts";
import { fitGaussian, fittedLogDensity } from "../math/fitted-gaussian.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** Products that the covariance may take: some seconds. Every table of up to 60 columns and a million rows is within it. */
const MOST_WORK = 5e9;

export interface BaselineArguments {
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  /** Test rows and their condition as the model sees them. */
  readonly rows: Rows;
  readonly context?: Rows;
  /** ln|det| of the preprocessing at each test row, nats. */
  readonly logDet: Float64Array;
}

/**
 * log p of the test rows, raw units, nats, under the Gaussian that the training rows make most likely, in the units in which
 * models see them: what the family `gaussian` would get on the same data. Undefined where its covariance is singular, as that of
 * images with constant pixels is, or would take too long.
 */
export function gaussianBaseline(args: BaselineArguments): Float64Array | undefined {
  const { dataset, preprocessing, rows, context, logDet } = args;
  const { train, condition } = dataset;
  const dim = rowSize(train);
  if (train.count <= dim || train.count * dim * dim > MOST_WORK) return undefined;
  const given = condition && preprocessing.condition?.apply(condition.train);
  try {
    const fitted = fitGaussian(preprocessing.apply(train, "training"), given);
    return fittedLogDensity(fitted, rows, context).map((value, i) => value + (logDet[i] ?? NaN));
  } catch {
    // Singular. That the family cannot be fitted is for it to say.
    return undefined;
  }
}
