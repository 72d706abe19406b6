import type { EngineOptions } from "../../engine/index.ts";
import type { Rng } from "../../math/rng.ts";
import type { Rows } from "../../math/rows.ts";
import type { Provenance } from "../../model.ts";
import type { Samples } from "../sample.ts";

/** Where a number comes from that stands on draws of the model instead of on its likelihood. */
export interface SampleProvenance {
  readonly kind: "samples";
  /** Draws of the model, in all. */
  readonly draws: number;
}

/** What a number stands on. */
export interface Basis {
  /** Rows. */
  readonly n: number;
  /** Rows or draws that are not finite: one is enough to leave the number without a value. */
  readonly nonfinite: number;
  /** `1`: a pure number; `sd`: standard deviations of the test rows' columns. */
  readonly unit: "1" | "sd" | "nats";
  readonly provenance: SampleProvenance | Provenance;
  /** What a perfect model gets on average with as many rows; less is luck. */
  readonly floor?: number;
  readonly [detail: string]: unknown;
}

/** A number of a record with its meaning, as Metric, of other units and with what belongs to it beside it. */
export interface Measure extends Basis {
  readonly value: number | null;
  /** Why there is no value. */
  readonly flag?: "nan" | "inf" | "-inf";
  /** Standard error; each metric says of what and how. */
  readonly stderr: number | null;
}

/** An array that is kept beside the record. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly values: Float64Array | Int32Array;
}

/** What a metric gives: one number or several by name, and what belongs beside the record. */
export interface Measured {
  readonly metrics: Readonly<Record<string, Measure>>;
  readonly arrays?: Readonly<Record<string, NamedArray>>;
  /** SVG documents, by the file's name without its ending. */
  readonly figures?: Readonly<Record<string, string>>;
}

/** Rows of the model and of the data that are to be told apart, columns in standard deviations of the data's. */
export interface TwoSamples {
  /** [n, D], or [n, D + C] with the condition behind the row. */
  readonly model: Rows;
  /** As many test rows; where there is a condition, row i of both has the same one. */
  readonly data: Rows;
  /** As many training rows (fewer where there are fewer): what the distance of real rows is. */
  readonly reference: Rows;
  /** Rows of the model with a number that is not finite. */
  readonly nonfinite: number;
}

/** Draws from p(row | condition) for some test rows. */
export interface PosteriorDraws {
  /** Test rows, M of them. */
  readonly truth: Rows;
  /** Their conditions [M, C]. */
  readonly context: Rows;
  /** M · L rows: the L draws of the first condition, then those of the second. */
  readonly draws: Rows;
  /** Their conditions [M · L, C]. */
  readonly drawContext: Rows;
  /** L. */
  readonly perContext: number;
  /** log p of each draw, nats, where the sampler gives it. */
  readonly logProb?: Float64Array;
  readonly nonfinite: number;
}

/** What a metric may use. Rows are in raw units; conditions [C] are as the model sees them. */
export interface MetricArguments {
  /** Names of a row's entries. */
  readonly columns: readonly string[];
  readonly train: Rows;
  readonly test: Rows;
  readonly context?: { readonly train: Rows; readonly test: Rows };
  /** `count` draws, one for each row of the context where there is one. */
  readonly sample: (count: number, rng: Rng, context?: Rows) => Promise<Samples>;
  /** log p of rows, nats each. */
  readonly logProb: (rows: Rows, context?: Rows) => Promise<Float64Array>;
  /** ln p of rows under the data's own density, nats, where it is known and there is no condition. */
  readonly logDensity?: (rows: Rows) => Float64Array;
  readonly provenance: Provenance;
  /** Drawn once for all metrics. */
  readonly twoSamples: () => Promise<TwoSamples>;
  /** Drawn once for all metrics; throws without a condition. */
  readonly posterior: () => Promise<PosteriorDraws>;
  readonly rng: Rng;
  readonly engine: EngineOptions;
}

/** A condition of the rows; two columns whose density is known. */
export type Need = "condition" | "planar-density";

/** A metric of trained models. Plugins may bring their own. */
export interface MetricDefinition {
  /** Name in `evaluation.metrics`, and of its (main) number in records: snake case. */
  readonly name: string;
  readonly summary: string;
  /** Authors (year), arXiv number. */
  readonly paper: string;
  /** Where this is not at hand, the metric is left out with a note. */
  readonly needs?: Need;
  compute(args: MetricArguments): Promise<Measured>;
}

/** Checks nothing at run time; tells the compiler what is expected. */
export const defineMetric = (metric: MetricDefinition): MetricDefinition => metric;
