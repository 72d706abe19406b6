import { flag, integer, oneOf, optional, positive, real, type OptionValues } from "../options.ts";

/** Larger counts are slips of the keys. */
const LARGEST = 1e9;

/** The keys `training.…` of a configuration. */
export const trainingOptions = {
  steps: integer(5000, "optimiser steps", { min: 0, max: LARGEST }),
  epochs: optional(
    integer(100, "passes over the training rows; given, it replaces steps", {
      min: 1,
      max: LARGEST,
    }),
  ),
  greedy: flag(
    false,
    "train one layer after another, each for so many steps, with those before it fixed; for families of layers",
  ),
  batch: integer(512, "rows per step; at most the training rows", { min: 1, max: LARGEST }),
  optimiser: oneOf(["adam", "adamw"], "adam", "adamw decouples the weight decay"),
  learningRate: positive(1e-3, "highest learning rate"),
  schedule: oneOf(["cosine", "constant"], "cosine", "course of the learning rate after warm-up"),
  warmup: integer(0, "steps of linear increase of the learning rate", { min: 0, max: LARGEST }),
  // One outlying row can give a gradient that fills Adam's second moments for a thousand steps: on MINIBOONE's heavy
  // tails an unclipped run with elu ended at 58 nats, a clipped one at 25. On two-moons clipping changes nothing.
  clip: optional(positive(5, "largest global norm of the gradient; null for none"), 5),
  weightDecay: real(0, "weight decay; adam adds it to the gradient, adamw to the step", { min: 0 }),
  ema: optional(
    real(0.999, "decay of the running mean of the weights, which is what is evaluated and kept", {
      min: 0,
      max: 1,
    }),
  ),
  monitor: oneOf(
    ["auto", "nll", "loss"],
    "auto",
    "what early stopping looks at; auto is the family's own choice",
  ),
  patience: optional(
    integer(30, "evaluations without improvement after which training stops", {
      min: 1,
      max: LARGEST,
    }),
    30,
  ),
  restoreBest: flag(true, "end with the weights of the best evaluation, not of the last step"),
  evaluateEvery: optional(
    integer(100, "steps between evaluations; null chooses", { min: 1, max: LARGEST }),
  ),
  checkpointEvery: integer(
    1000,
    "steps between checkpoints, rounded up to the next evaluation; 0 for none",
    { min: 0, max: LARGEST },
  ),
};

export type TrainingOptions = OptionValues<typeof trainingOptions>;
