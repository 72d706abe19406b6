import type { GaussianMoments } from "../math/moments.ts";
import type { Rng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import type { OptionSchema, OptionValues } from "../options.ts";

/** Entropy of a known density, nats, in the units of the rows. */
export interface Entropy {
  readonly value: number;
  /** 0 for closed forms. */
  readonly stderr: number;
  /** "closed form", "quadrature", "Monte Carlo, n = 10⁶". */
  readonly method: string;
}

/** One attribute: a number, or one of a few classes, whose value is then the index of its word. */
export interface Attribute {
  readonly name: string;
  /** Words of the classes; a class stands for a one-hot group of columns where rows are conditioned on it. */
  readonly classes?: readonly string[];
}

/** Values beside the rows of each part, [A] per row, in the order of `of`. */
export interface Attributes {
  readonly of: readonly Attribute[];
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
}

/** The condition of each row, [C] per row: numbers in raw units, classes one-hot. */
export interface Condition {
  /** What the columns stand for: one of them each, or the one-hot group of a class. */
  readonly of: readonly Attribute[];
  readonly columns: readonly string[];
  /** Which columns belong to a one-hot group, and so are not standardised. */
  readonly oneHot: readonly boolean[];
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
}

/** Three disjoint sets of rows in raw units: as read or drawn, after a declared dequantisation, not standardised. */
export interface Dataset {
  readonly name: string;
  /** Shape of one row. */
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
  /** For each test row its number in the source (file row, or index of the draw), for paired comparison. */
  readonly testIds: Int32Array;
  readonly entropy?: Entropy;
  /** The Gaussian that the rows are from, raw units; made when asked for, since its covariance costs D³. */
  readonly gaussian?: () => GaussianMoments;
  /** log p of rows in raw units, nats. */
  readonly logDensity?: (rows: Rows) => Float64Array;
  /** What is known of each row beside the row itself: what `data.condition` and `--attribute` can name. */
  readonly attributes?: Attributes;
  /** What the rows are conditioned on: the attributes or columns that `data.condition` names, taken out of the rows. */
  readonly condition?: Condition;
  /** Shape of the image that a row is, where the rows were flattened. */
  readonly image?: readonly number[];
  /** Rows are counts 0 … levels − 1, dequantised by U[0, 1). */
  readonly levels?: number;
  /** log p(row | all attributes), nats, raw units, where it is known: the attributes in the order of `attributes`. */
  readonly conditionalLogDensity?: (rows: Rows, attributes: Rows) => Float64Array;
  /** bound: counts were dequantised, so an NLL of these rows is an upper bound of the counts' NLL. */
  readonly likelihood: "exact" | "bound";
  /**
   * Test rows that stand exactly so in train as well, before any dequantisation. Validation rows that do bias the
   * choice of weights only, so they are counted in `notes`.
   */
  readonly duplicates: number;
  /** What the user should know: rows dropped, columns dropped, duplicates. */
  readonly notes: readonly string[];
  /** Hash of all rows and of the split. */
  readonly digest: string;
}

/** What a definition says of its rows; see outline.ts. */
export interface Outlined extends Pick<Dataset, "shape" | "columns"> {
  /** Names of what stands beside the rows; none unless given. */
  readonly attributes?: readonly string[];
}

/** A data set by name: its options, and how it is made. Synthetic sets draw everything from `rng`. */
export interface DatasetDefinition<S extends OptionSchema = OptionSchema> {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly options: S;
  load(args: { readonly options: OptionValues<S>; readonly rng: Rng }): Promise<Dataset>;
  /**
   * What can be said of the rows without making or reading them, so that what a family does not take is found before a sweep
   * starts: at once, or from the beginning of files. Nothing where it cannot be said.
   *
   * @throws DataError for what `load` would refuse as well
   */
  outline?(options: OptionValues<S>): Outlined | undefined | Promise<Outlined | undefined>;
}

/** Checks nothing at run time; infers the type of the options. */
export const defineDataset = <S extends OptionSchema>(
  definition: DatasetDefinition<S>,
): DatasetDefinition => definition;
