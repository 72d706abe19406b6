/**
 * The contract of every family, read first. A family builds a model; training, evaluation and the runner know only
 * what stands here, and never ask for a family's name.
 *
 * Conventions: encode takes data x to latent z, decode z to x. p(x) = q(encode(x)) · |det J_encode(x)|. `logDet` is
 * that of the map just applied, in nats per row. Rows are tensors [N, ...shape].
 */
import type { Shape } from "./engine/program.ts";
import type { Store } from "./engine/store.ts";
import type { Tensor, Tensors } from "./engine/tf.ts";
import type { NoiseKind } from "./math/noise.ts";
import type { Rng } from "./math/rng.ts";
import type { GaussianMoments } from "./math/moments.ts";
import type { Rows } from "./math/rows.ts";
import type { OptionSchema, OptionValues } from "./options.ts";

/** Where a log-likelihood comes from, and so what it is worth. Goes into every record beside the number. */
export type Provenance =
  | { readonly kind: "exact" }
  | { readonly kind: "bound" }
  | {
      readonly kind: "encoder-jacobian" | "decoder-jacobian";
      readonly [detail: string]: unknown;
    }
  | {
      readonly kind: "ode";
      /** "exact", or the estimator: "hutchinson-rademacher". */
      readonly trace: string;
      readonly solver: string;
      readonly [detail: string]: unknown;
    };

/** What a layer may depend on besides its rows. */
export interface Call {
  /** initialise: data-dependent start (ActNorm assigns its statistics); train, evaluate: as named. */
  readonly mode: "initialise" | "train" | "evaluate";
  /** Condition of each row, [N, C]. */
  readonly context?: Tensor;
}

/** An invertible map with a log-determinant. Recordable: plain TensorFlow.js. */
export interface Bijection {
  /** x [N, D] → z [N, D]; log|det ∂z/∂x| [N]. */
  encode(x: Tensor, call: Call): { z: Tensor; logDet: Tensor };
  /** z [N, D] → x [N, D]; log|det ∂x/∂z| [N]. */
  decode(z: Tensor, call: Call): { x: Tensor; logDet: Tensor };
}

/**
 * A model cannot be built or fitted with these options or on these rows, and the user can cure it: one line with who,
 * what was expected, what came and what to do. The runner ends with exit code 2.
 */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** Random input of one training step, drawn by the runner's generator and fed as a tensor of this name. */
export interface NoiseSpec {
  /** Per batch: `(batch) => shape`. */
  readonly shape: (batch: number) => Shape;
  readonly kind: NoiseKind;
}

export interface LossCall extends Call {
  /** [B, ...shape] */
  readonly batch: Tensor;
  readonly noise: Tensors;
  /** Number of the step, from 0; a scalar tensor. */
  readonly step: Tensor;
}

/** Random input of each row, fed as a tensor [N, ...shape]. */
export interface RowNoise {
  readonly shape: Shape;
  readonly kind: NoiseKind;
}

export interface LikelihoodCall extends Call {
  /** What the likelihood's `noise` asks for, by name. */
  readonly noise?: Tensors;
}

/** log p and what else a likelihood knows of each row. */
export interface Measured {
  /** [N], nats. */
  readonly logProb: Tensor;
  /** [N] each, by name: function evaluations, the error of a reconstruction. */
  readonly rows: Tensors;
}

/** What the measured numbers of all rows say. */
export interface Conclusion {
  /** Goes into the provenance of the NLL: function evaluations, the share of rows above a bound. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Become metrics of the record, mean over rows, by their names and units. */
  readonly metrics?: Readonly<
    Record<string, { readonly values: Float64Array; readonly unit: string }>
  >;
  /** Why the likelihood is worth nothing, with the cure: the run ends as diverged. */
  readonly failure?: string;
}

/** A log-likelihood that a model offers. The first one of a model is its `test_nll`. */
export interface LogProb {
  /** "" for the main one; else the suffix of its metric: "encoder" gives test_nll_encoder. */
  readonly name: string;
  readonly provenance: Provenance;
  /**
   * The arithmetic that the number needs, whatever is asked for: evaluation then runs on the CPU where the engine has none.
   * Early stopping, which reports nothing, stays with the engine's own.
   */
  readonly precision?: "float64";
  /** What a row takes, where it is more than its own entries, so that a call takes fewer rows: [D, D] for a Jacobian. */
  readonly heaviest?: Shape;
  /** Random input of each row, such as Hutchinson's probes. Evaluation draws it from a fixed seed: log p is repeatable. */
  readonly noise?: Readonly<Record<string, RowNoise>>;
  /** Recordable: x [N, ...shape] → log p [N], nats, of the rows as the model sees them. */
  value(x: Tensor, call: LikelihoodCall): Tensor;
  /** Recordable, in place of `value` where more than log p is of use. */
  measure?(x: Tensor, call: LikelihoodCall): Measured;
  /** On the host: what the numbers of `measure` say, each for all rows. */
  conclude?(rows: Readonly<Record<string, Float64Array>>): Conclusion;
  /** The same number computed with more care, for some rows and in float64: how far to believe the main one. */
  readonly check?: {
    /** Test rows that it is computed for, at most. */
    readonly rows: number;
    /** What differs: { rtol: 1e-6 }. */
    readonly details: Readonly<Record<string, unknown>>;
    value(x: Tensor, call: LikelihoodCall): Tensor;
  };
}

/** A prefix of the chain: rows after this many layers, for the KL decay per layer. */
export interface Stages {
  /** Names of the stages, first the data itself. */
  readonly names: readonly string[];
  /** Of a continuous flow: the time of each stage. */
  readonly times?: readonly number[];
  /** Random input of each row, as of `LogProb`, for log-determinants that are estimated. */
  readonly noise?: Readonly<Record<string, RowNoise>>;
  /** Recordable: for each stage its rows [N, D] and the log-determinant [N] accumulated from the data. */
  encode(x: Tensor, call: LikelihoodCall): readonly { z: Tensor; logDet: Tensor }[];
}

export interface Model {
  /** Shape of one row. */
  readonly shape: Shape;
  /** All arrays of the model; what is saved. */
  readonly store: Store;
  readonly noise?: Readonly<Record<string, NoiseSpec>>;
  /**
   * On the host before each training step: the step's noise, given its rows [B, ...shape] (and conditions), such as noise
   * paired with the rows. A function of its arguments alone, so that a resumed run repeats it.
   */
  prepare?(
    batch: Rows,
    noise: Readonly<Record<string, Float64Array>>,
    context?: Rows,
  ): Readonly<Record<string, Float64Array>>;
  /**
   * Finds what no training can make up for, before the first step: the rows of a batch, and the conditions of all training
   * rows.
   *
   * @throws ModelError
   */
  checkTraining?(training: { readonly batch: number; readonly context?: Rows }): void;
  /** Data-dependent start, recordable: runs the rows [N, ...shape] (and context [N, C]) through, assigns slots. */
  initialise?(x: Tensor, context?: Tensor): void;
  /** Closed form instead of training, given the condition of each row [C]; sets slots. Throws with cause and cure where the rows do not allow it. */
  fit?(rows: Rows, context?: Rows): void;
  /** Recordable training loss: a scalar, and further scalars to log. Slots of kind state may be assigned. */
  loss?(call: LossCall): { loss: Tensor; scalars?: Tensors };
  /** What early stopping looks at: "nll" (mean of −log p) or "loss" (validation loss). */
  readonly monitor: "nll" | "loss";
  /**
   * What early stopping takes in place of log p where it looks at the NLL: for models whose log p alone can be high for wrong
   * reasons. Higher is better.
   */
  readonly score?: Pick<LogProb, "noise" | "precision" | "heaviest" | "value">;
  /** Recordable. Left out by models that have no such map. */
  readonly bijection?: Bijection;
  readonly logProb: readonly LogProb[];
  readonly sampler: {
    /** Standard random input for n rows: [n, size]. */
    readonly noise: { readonly size: number; readonly kind: "normal" | "uniform" };
    /** Recordable: noise [n, size] → rows [n, ...shape] and, where it is known, their log p [n]. */
    sample(
      noise: Tensor,
      call: Call & { readonly temperature: Tensor },
    ): { x: Tensor; logProb?: Tensor };
  };
  readonly stages?: Stages;
  /**
   * The layers of a chain, each a model of its own on the same store: rows after the layers before it → rows after it, with
   * the loss of a flow that ends there. What `training.greedy` trains one after another.
   *
   * @throws ModelError where the layers cannot be trained alone
   */
  parts?(): readonly Model[];
  /**
   * For models that are fitted in closed form: KL after each of the stages on rows from this Gaussian, exactly instead of measured on test
   * rows. In the model's units.
   */
  layersOnGaussian?(gaussian: GaussianMoments): readonly GaussianLayer[];
}

/** What a closed form says of one stage; means over draws of what a layer draws at random. */
export interface GaussianLayer {
  /** KL of the rows from N(0, I), nats. */
  readonly kl: number;
  readonly klStderr: number;
  /** Mean KL after this layer by that before it. */
  readonly ratio?: number;
  readonly ratioStderr?: number;
  /** Rate near N(0, I) in theory, for Haar rotations or permutations. */
  readonly localRate?: number;
  /** Published bounds of `kl` for Haar rotations, nats. */
  readonly lossBound?: number;
  readonly spectrumBound?: number;
  /** The same by the mean KL before the layer. */
  readonly lossBoundRatio?: number;
  readonly spectrumBoundRatio?: number;
  /** What the local rate tends to for many dimensions: ½ for half splits. */
  readonly limitRate?: number;
  /** Draws that the means are over. */
  readonly n: number;
}

/** Uniformly dequantised rows, in the units that the model sees: an entry lies in [origin + k·width, origin + (k+1)·width). */
export interface Cells {
  readonly origin: number;
  readonly width: number;
}

export interface BuildArguments<O> {
  readonly options: O;
  /** Shape of one row. */
  readonly shape: Shape;
  /** Columns of the condition; 0 without one. */
  readonly contextSize: number;
  /** Rows are counts that were dequantised: the cells that they lie in. Left out for continuous rows. */
  readonly cells?: Cells;
  readonly rng: Rng;
}

export interface Family<S extends OptionSchema = OptionSchema> {
  /** Registry name, kebab case. */
  readonly name: string;
  /** One line for lists and help. */
  readonly summary: string;
  /** Authors (year), arXiv number. */
  readonly paper: string;
  readonly options: S;
  /** Defaults of the keys `training.…` that suit this family: { ema: 0.999 }. */
  readonly training?: Readonly<Record<string, unknown>>;
  readonly supports: {
    readonly tabular: boolean;
    readonly image: boolean;
    readonly conditional: boolean;
    /** Fewest dimensions. */
    readonly minDim: number;
  };
  /**
   * Finds options that are sound one by one but do not go together, without rows or shapes: called for every run of a sweep
   * before the first one starts.
   *
   * @throws ModelError
   */
  checkOptions?(options: OptionValues<S>): void;
  /**
   * The same for options that do not go with the shape of the rows, called where that is known before the first run starts.
   *
   * @param shape of a row: [D], or [height, width, channels]
   * @throws ModelError
   */
  checkShape?(options: OptionValues<S>, shape: readonly number[]): void;
  build(args: BuildArguments<OptionValues<S>>): Model;
}

/** Checks nothing at run time; infers the type of the options. */
export const defineFamily = <S extends OptionSchema>(family: Family<S>): Family => family;
