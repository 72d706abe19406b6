import type { Dataset } from "../datasets/dataset.ts";
import { assertInRange } from "../datasets/assert-in-range.ts";
import { DataError } from "../datasets/data-error.ts";
import {
  fitStandardisation,
  identityStandardisation,
  standardisationFromJSON,
  type Standardisation,
} from "../datasets/standardise.ts";
import type { Rows } from "../math/rows.ts";
import { UserError } from "./user-error.ts";

/** Between the rows as read and the rows as the model sees them; saved beside the model. */
export interface Preprocessing {
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  readonly likelihood: Dataset["likelihood"];
  /** ln of what one unit of the model's volume is in raw units: NLL in raw units = the model's NLL + this. */
  readonly logScale: number;
  /** The same for standardised rows, whether or not the model saw them so; undefined where a column is constant. */
  readonly standardisedLogScale: number | undefined;
  /** Raw units → the model's. Throws UserError on rows of another shape. */
  apply(rows: Rows): Rows;
  /** The model's units → raw. */
  invert(rows: Rows): Rows;
  toJSON(): StoredPreprocessing;
}

/** What stands in `preprocessing.json`. */
export interface StoredPreprocessing {
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  readonly likelihood: Dataset["likelihood"];
  /** Whether the model works on standardised rows. */
  readonly standardise: boolean;
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** Σ ln scale: what a unit of standardised volume is in raw units. */
const logScaleOf = ({ scale }: Standardisation): number =>
  scale.reduce((sum, sd) => sum + Math.log(sd), 0);

function create(
  stored: StoredPreprocessing,
  fitted: Standardisation,
  standardisedLogScale?: number,
): Preprocessing {
  const { shape, columns, likelihood, standardise } = stored;
  return {
    shape,
    columns,
    likelihood,
    logScale: standardise ? logScaleOf(fitted) : 0,
    standardisedLogScale,
    apply(rows) {
      if (rows.shape.join() !== shape.join())
        throw new UserError(
          `expected rows of shape [${shape.join(", ")}] (${columns.join(", ")}), got [${rows.shape.join(", ")}].`,
        );
      return standardise ? fitted.apply(rows) : rows;
    },
    invert: (rows) => (standardise ? fitted.invert(rows) : rows),
    toJSON: () => stored,
  };
}

/**
 * Fits what is needed on the training rows.
 *
 * @throws DataError for a constant column that is to be standardised, and for values too large for float32
 */
export function fitPreprocessing(dataset: Dataset, standardise: boolean): Preprocessing {
  const fitted = fit(dataset, standardise);
  const { columns, train, validation, test } = dataset;
  for (const [part, rows] of Object.entries({ training: train, validation, test }))
    assertInRange(part, fitted.apply(rows), rows, columns);
  return fitted;
}

function fit(dataset: Dataset, standardise: boolean): Preprocessing {
  const { shape, columns, likelihood, train } = dataset;
  const stored = { shape, columns, likelihood, standardise };
  try {
    const fitted = fitStandardisation(train, columns);
    return create({ ...stored, ...fitted.toJSON() }, fitted, logScaleOf(fitted));
  } catch (error) {
    if (standardise || !(error instanceof DataError)) throw error;
    const identity = identityStandardisation(columns.length);
    return create({ ...stored, ...identity.toJSON() }, identity);
  }
}

export const loadPreprocessing = (stored: StoredPreprocessing): Preprocessing =>
  create(stored, standardisationFromJSON(stored));
