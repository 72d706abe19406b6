import type { Store } from "../engine/index.ts";
import { oneOf } from "../options.ts";
import { actnorm } from "./actnorm.ts";
import { batchnorm } from "./batchnorm.ts";
import type { Layer } from "./layer.ts";

/** Layers that normalise columns, by the word that options use. */
export const NORMS = ["none", "actnorm", "batchnorm"] as const;
export type Norm = (typeof NORMS)[number];

/** The option of every family of layers. */
export const normOption = {
  norm: oneOf(
    NORMS,
    "none",
    "normalisation of each layer's input; actnorm has a data-dependent start, batchnorm takes the batch's statistics in training and their running averages in evaluation",
  ),
};

const BUILDERS: Readonly<Record<Norm, (dim: number, store: Store) => Layer | undefined>> = {
  none: () => undefined,
  actnorm,
  batchnorm,
};

/** The layer of that name; nothing for "none". */
export const norm = (kind: Norm, dim: number, store: Store): Layer | undefined =>
  BUILDERS[kind](dim, store);

/** Whether a model with such layers needs a data-dependent start. */
export const needsInitialisation = (kind: Norm): boolean => kind === "actnorm";
