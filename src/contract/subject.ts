import type { EngineOptions } from "../engine/index.ts";
import { createRng, type Rng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import type { Family, Model } from "../model.ts";

export interface FamilyContractOptions {
  /** Options of the family, applied where it has them: small networks make a quick contract. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly engine?: EngineOptions;
  /** Round trip and log-determinants: 1e-10 for affine maps in float64, 1e-8 for splines. */
  readonly tolerance?: number;
}

/** The family's model for rows of D numbers, with its defaults where `options` says nothing. */
export function buildFor(
  family: Family,
  dim: number,
  { options = {} }: FamilyContractOptions,
  { contextSize = 0, seed = 1 } = {},
): Model {
  const values = Object.fromEntries(
    Object.entries(family.options).map(([name, option]) => [name, options[name] ?? option.default]),
  );
  return family.build({ options: values, shape: [dim], contextSize, rng: createRng(seed) });
}

/**
 * Takes a model away from its start, where mistakes hide: a closed form is fitted to correlated rows, variables get
 * normal noise added.
 */
export function perturb(model: Model, rng: Rng, deviation = 0.3): Model {
  if (model.fit) {
    model.fit(correlatedRows(500, model.shape[0] ?? 1, rng));
    return model;
  }
  for (const slot of model.store.slots("variable")) {
    const noise = rng.fork(slot.name).normals(slot.values.length);
    slot.values = slot.values.map((value, i) => value + deviation * (noise[i] ?? 0));
  }
  return model;
}

/** Rows from N(0, I). */
export const normalRows = (count: number, dim: number, rng: Rng): Rows => ({
  count,
  shape: [dim],
  values: rng.normals(count * dim),
});

/** Rows whose columns depend on each other: each one takes half of the column before it, and is shifted by 1. */
export function correlatedRows(count: number, dim: number, rng: Rng): Rows {
  const rows = normalRows(count, dim, rng);
  rows.values.forEach((value, i) => {
    rows.values[i] = value + 1 + (i % dim === 0 ? 0 : 0.5 * (rows.values[i - 1] ?? 0));
  });
  return rows;
}

/** A model, perturbed, with rows to try it on: the usual start of a check. */
export function subject(
  family: Family,
  dim: number,
  options: FamilyContractOptions,
  { contextSize = 0, count = 32 } = {},
): { model: Model; rows: Rows; context?: Rows } {
  const rng = createRng(`contract of ${family.name}`);
  const model = perturb(buildFor(family, dim, options, { contextSize }), rng.fork("perturb"));
  const rows = normalRows(count, dim, rng.fork("rows"));
  if (contextSize === 0) return { model, rows };
  return { model, rows, context: normalRows(count, contextSize, rng.fork("context")) };
}
