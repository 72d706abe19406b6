import type { EngineOptions, Shape } from "../engine/index.ts";
import { createRng, type Rng } from "../math/rng.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { Cells, Family, Model } from "../model.ts";

export interface FamilyContractOptions {
  /** Options of the family, applied where it has them: small networks make a quick contract. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** float64 on the engine `cpu` unless told otherwise. */
  readonly engine?: EngineOptions;
  /** Round trip, where it is well conditioned, and log-determinants: 1e-10 in float64 unless told otherwise. */
  readonly tolerance?: number;
  /** Multiplies the noise that variables get, 1 by default; less where parameters act so strongly that p gets spikes. */
  readonly perturbation?: number;
  /** Shapes [height, width, channels] that an image family is tried at. */
  readonly imageShapes?: readonly Shape[];
  /**
   * For the check of the density over a grid, which takes many rows: options in place of those above, and cells per side in two
   * dimensions (400 unless told otherwise) where the density is smooth.
   */
  readonly grid?: { readonly options?: Readonly<Record<string, unknown>>; readonly cells?: number };
  /** Checks that need not hold: a part of their names, and a sentence why, which is printed in their place. */
  readonly exempt?: Readonly<Record<string, string>>;
}

/** What a model is built with, beside the options. */
export interface Variant {
  readonly contextSize?: number;
  readonly seed?: number;
  /** Rows are dequantised counts that lie in these cells. */
  readonly cells?: Cells;
}

/** The family's model for rows of D numbers or of a shape, with its defaults where `options` says nothing. */
export function buildFor(
  family: Family,
  shape: number | Shape,
  { options = {} }: FamilyContractOptions,
  { contextSize = 0, seed = 1, cells }: Variant = {},
): Model {
  const values = Object.fromEntries(
    Object.entries(family.options).map(([name, option]) => [name, options[name] ?? option.default]),
  );
  return family.build({
    options: values,
    shape: shapeOf(shape),
    contextSize,
    ...(cells ? { cells } : {}),
    rng: createRng(seed),
  });
}

const shapeOf = (shape: number | Shape): Shape => (typeof shape === "number" ? [shape] : shape);

/**
 * Takes a model away from its start, where mistakes hide: a closed form is fitted to correlated rows that depend on
 * their condition, if there is one; variables get normal noise added.
 */
export function perturb(model: Model, rng: Rng, deviation = 0.3, contextSize = 0): Model {
  if (model.fit) {
    const dim = model.shape[0] ?? 1;
    const rows = correlatedRows(500, dim, rng);
    if (contextSize === 0) model.fit(rows);
    else {
      const context = normalRows(500, contextSize, rng.fork("context"));
      const dependent = rows.values.map(
        (value, i) => value + 0.7 * (context.values[Math.floor(i / dim) * contextSize] ?? 0),
      );
      model.fit({ ...rows, values: dependent }, context);
    }
    return model;
  }
  for (const slot of model.store.slots("variable")) {
    const noise = rng.fork(slot.name).normals(slot.values.length);
    slot.values = slot.values.map((value, i) => value + deviation * (noise[i] ?? 0));
  }
  return model;
}

/** Rows from N(0, I). */
export function normalRows(count: number, shape: number | Shape, rng: Rng): Rows {
  const row = { shape: shapeOf(shape) };
  return { count, ...row, values: rng.normals(count * rowSize(row)) };
}

/** Counts 0 … 7 in these cells, dequantised. */
export function countRows(count: number, shape: Shape, { origin, width }: Cells, rng: Rng): Rows {
  const size = rowSize({ shape });
  const counts = rng.fork("counts").integers(count * size, 8);
  const values = rng
    .fork("dequantise")
    .uniforms(count * size)
    .map((u, i) => origin + width * ((counts[i] ?? 0) + u));
  return { count, shape, values };
}

/** Rows whose columns depend on each other: each one takes half of the column before it, and is shifted by 1. */
export function correlatedRows(count: number, dim: number, rng: Rng): Rows {
  const rows = normalRows(count, dim, rng);
  rows.values.forEach((value, i) => {
    rows.values[i] = value + 1 + (i % dim === 0 ? 0 : 0.5 * (rows.values[i - 1] ?? 0));
  });
  return rows;
}
