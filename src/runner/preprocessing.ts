import {
  boundMap,
  boundsOf,
  type BoundMap,
  type Bounds,
  type BoundsChoice,
} from "../datasets/bounds.ts";
import type { BoundsData, HalfLineMap } from "../datasets/bounds.ts";
import { assertInRange } from "../datasets/assert-in-range.ts";
import {
  conditionScaling,
  fitConditionScaling,
  type ConditionScaling,
  type StoredCondition,
} from "../datasets/condition-scaling.ts";
import { DataError } from "../datasets/data-error.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { float32Notes } from "../datasets/float32-steps.ts";
import {
  fitStandardisation,
  identityStandardisation,
  standardisationFromJSON,
  type Standardisation,
} from "../datasets/standardise.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { Cells } from "../model.ts";
import { UserError } from "./user-error.ts";

/** Between the rows as read and the rows as the model sees them; saved beside the model. */
export interface Preprocessing {
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  /** Shape of the image that a row is: its own, or that before rows were flattened. */
  readonly image?: readonly number[];
  /** Rows are counts 0 … levels − 1, dequantised. */
  readonly levels?: number;
  readonly likelihood: Dataset["likelihood"];
  /** Where the counts' cells lie in the model's units; undefined for continuous rows. */
  readonly cells?: Cells;
  readonly condition?: ConditionScaling;
  /** Σ ln sd of the raw columns, nats: NLL of the standardised rows = NLL in raw units − this. Undefined where a column is constant. */
  readonly standardisedLogScale: number | undefined;
  /** What the user should know of the rows as the model sees them; none of a preprocessing that was read. */
  readonly notes: readonly string[];
  /**
   * Raw units → the model's.
   *
   * @param part for messages
   * @throws UserError on rows of another shape, DataError for values outside of declared bounds
   */
  apply(rows: Rows, part?: string): Rows;
  /** The model's units → raw. */
  invert(rows: Rows): Rows;
  /** ln|det| of `apply` at each raw row, nats: log p in raw units = the model's log p + this. */
  logDet(rows: Rows): Float64Array;
  toJSON(): StoredPreprocessing;
}

/** What stands in `preprocessing.json`. */
export interface StoredPreprocessing {
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  readonly image?: readonly number[];
  readonly levels?: number;
  readonly likelihood: Dataset["likelihood"];
  readonly bounds?: BoundsData;
  /** Whether the model works on (x − mean) / scale. */
  readonly standardise: boolean;
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly cells?: Cells;
  readonly condition?: StoredCondition;
}

/** The keys `data.…` that the preprocessing looks at. */
export interface PreprocessingOptions {
  readonly standardise?: boolean;
  readonly bounds?: BoundsChoice;
  readonly halfLine?: HalfLineMap;
}

function create(stored: StoredPreprocessing, standardisedLogScale?: number): Preprocessing {
  const { shape, columns, image, levels, likelihood, cells, standardise } = stored;
  const fitted: Standardisation = standardise
    ? standardisationFromJSON(stored)
    : identityStandardisation(columns.length);
  const bounded: BoundMap | undefined = stored.bounds && boundMap(stored.bounds, columns);
  return {
    ...{ shape, columns, likelihood, standardisedLogScale, notes: [] },
    ...(image && { image }),
    ...(levels !== undefined && { levels }),
    ...(cells && { cells }),
    ...(stored.condition && { condition: conditionScaling(stored.condition) }),
    apply(rows, part = "given") {
      if (rows.shape.join() !== shape.join())
        throw new UserError(
          `expected rows of shape [${shape.join(", ")}] (${abridged(columns)}), got [${rows.shape.join(", ")}].`,
        );
      return fitted.apply(bounded ? bounded.apply(rows, part) : rows);
    },
    invert(rows) {
      const raw = fitted.invert(rows);
      return bounded ? bounded.invert(raw) : raw;
    },
    logDet: (rows) =>
      bounded
        ? bounded.logDet(rows).map((value) => value + fitted.logDetPerRow)
        : new Float64Array(rows.count).fill(fitted.logDetPerRow),
    toJSON: () => stored,
  };
}

const abridged = (columns: readonly string[]): string =>
  columns.length <= 12 ? columns.join(", ") : `${columns.slice(0, 10).join(", ")}, …`;

/** Σ ln scale: what a unit of standardised volume is in raw units; undefined where a column is constant. */
function rawLogScale({ train, columns }: Dataset): number | undefined {
  try {
    return -fitStandardisation(train, columns).logDetPerRow;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/**
 * Fits what is needed on the training rows. Bounds come first, then a scale: dequantised counts of `levels` levels are
 * brought to [−½, ½) by x / levels − ½ unless columns are bounded or standardised.
 *
 * @throws DataError for a constant column that is to be standardised, values outside of bounds, values too large for float32, and
 *   columns that have one value only in float32; UserError for options that do not go together
 */
export function fitPreprocessing(
  dataset: Dataset,
  options: PreprocessingOptions = {},
): Preprocessing {
  const stored = describe(dataset, options);
  const preprocessing = create(stored, rawLogScale(dataset));
  const { columns, shape, train, validation, test } = dataset;
  for (const [part, rows] of Object.entries({ training: train, validation, test }))
    assertInRange(part, preprocessing.apply(rows, part), rows, columns);
  // Pixels are not standardised, and one that round-off alone moves is as good as constant.
  const isLeft = !stored.standardise && shape.length === 1;
  const notes = isLeft ? float32Notes(preprocessing.apply(train, "training"), columns) : [];
  return { ...preprocessing, notes };
}

/**
 * Bounds of each column as the options ask for them, null for none.
 *
 * @throws DataError for columns that are not there and bounds that are not in order, UserError for images
 */
export function boundsFor(
  { name, shape, columns }: Pick<Dataset, "name" | "shape" | "columns">,
  { standardise = false, bounds = null }: PreprocessingOptions,
): readonly Bounds[] | null {
  if (shape.length === 3 && (bounds !== null || standardise))
    throw new UserError(
      `${name}: data.${standardise ? "standardise" : "bounds"} is for tables, these rows are images of shape ` +
        `[${shape.join(", ")}]; leave it out, or set data.flatten=true.`,
    );
  return bounds && boundsOf(bounds, columns);
}

function describe(dataset: Dataset, options: PreprocessingOptions): StoredPreprocessing {
  const { shape, columns, image, levels, likelihood, train, condition } = dataset;
  const { standardise = false, halfLine = "log" } = options;
  const isImage = shape.length === 3;
  const pairs = boundsFor(dataset, options);
  const bounds = pairs && { pairs, halfLine };
  const common = {
    ...{ shape, columns, likelihood },
    ...((image ?? isImage) ? { image: image ?? shape } : {}),
    ...(levels !== undefined && { levels }),
    ...(bounds && { bounds }),
    ...(condition && { condition: fitConditionScaling(condition).toJSON() }),
  };
  if (levels !== undefined && !standardise && bounds === null) {
    const all = (value: number) => Array.from({ length: rowSize(train) }, () => value);
    const cells = { origin: -0.5, width: 1 / levels };
    return { ...common, standardise: true, mean: all(levels / 2), scale: all(levels), cells };
  }
  const line = bounds ? boundMap(bounds, columns).apply(train, "training") : train;
  const fitted = standardise
    ? fitStandardisation(line, columns)
    : identityStandardisation(columns.length);
  return { ...common, standardise, ...fitted.toJSON() };
}

/**
 * The preprocessing of a file.
 *
 * @throws where it is none
 */
export function loadPreprocessing(stored: unknown): Preprocessing {
  const { shape, columns, mean, scale } = (stored ?? {}) as Partial<StoredPreprocessing>;
  if (![shape, columns, mean, scale].every(Array.isArray))
    throw new Error("expected an object with shape, columns, mean and scale.");
  return create(stored as StoredPreprocessing);
}
