import { compile, type EngineOptions, type Shape } from "../engine/index.ts";
import { slotKey, slotValues } from "../evaluation/slots.ts";
import { createRng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import type { Cells, Family, Model } from "../model.ts";
import { initialiseModel } from "../training/initialise.ts";
import { lossNoise, lossProgram } from "./loss-program.ts";
import {
  buildFor,
  countRows,
  normalRows,
  perturb,
  type FamilyContractOptions,
  type Variant,
} from "./subject.ts";

/** The engine of every check that compares numbers. */
export const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };

/** What one pass of the contract tries a family at. */
export interface Setting {
  /** The family and the shape, as the names of checks and messages say them. */
  readonly label: string;
  readonly family: Family;
  readonly options: FamilyContractOptions;
  /** Shape of one row. */
  readonly shape: Shape;
  readonly cells?: Cells;
  readonly engine: EngineOptions;
  readonly tolerance: number;
}

export interface Subject {
  readonly model: Model;
  /** Rows of the model's shape, spread like what it would be trained on. */
  readonly rows: Rows;
  readonly context?: Rows;
}

/** A setting of the family at D = `shape`, or at images of that shape, perhaps of dequantised counts. */
export function setting(
  family: Family,
  shape: number | Shape,
  options: FamilyContractOptions,
  cells?: Cells,
): Setting {
  const words =
    typeof shape === "number"
      ? `D = ${shape}`
      : `[${shape.join(", ")}]${cells ? " of dequantised counts" : ""}`;
  return {
    label: `${family.name} at ${words}`,
    family,
    options,
    shape: typeof shape === "number" ? [shape] : shape,
    ...(cells ? { cells } : {}),
    engine: options.engine ?? FLOAT64,
    tolerance: options.tolerance ?? 1e-10,
  };
}

/** The family's model in this setting, at its start. */
export const build = ({ family, shape, options, cells }: Setting, variant: Variant = {}): Model =>
  buildFor(family, shape, options, { ...variant, ...(cells ? { cells } : {}) });

/** Rows that the setting's model could be trained on. */
export function rowsFor({ shape, cells }: Setting, count: number, seed: string): Rows {
  const rng = createRng(seed);
  return cells ? countRows(count, shape, cells, rng) : normalRows(count, shape, rng);
}

/** A context [C] for each row, or nothing. */
export const contextFor = (size: number, count: number): { context?: Rows } =>
  size === 0 ? {} : { context: normalRows(count, size, createRng("contract: context")) };

/**
 * A model away from its start, with rows to try it on: it has had its data-dependent start and the states of one
 * training step, and its variables are perturbed.
 */
export async function subjectOf(
  at: Setting,
  { contextSize = 0, count = 32, deviation = 0.3 } = {},
): Promise<Subject> {
  const model = build(at, { contextSize });
  await settle(at, model, contextSize);
  const noise = deviation * (at.options.perturbation ?? 1);
  perturb(model, createRng(`contract of ${at.family.name}`), noise, contextSize);
  return { model, rows: rowsFor(at, count, "contract: rows"), ...contextFor(contextSize, count) };
}

/** Data-dependent start, and the states that one training step assigns (running averages, flags). */
async function settle(at: Setting, model: Model, contextSize: number): Promise<void> {
  const states = model.store.slots("state");
  if (model.fit || states.length + (model.initialise ? 1 : 0) === 0) return;
  const count = 64;
  const train = rowsFor(at, count, "contract: settle");
  const { context } = contextFor(contextSize, count);
  const both = context ? { context: { train: context, validation: context } } : {};
  await initialiseModel({ model, train, engine: at.engine, ...both }, createRng("settle"));
  if (!model.loss || states.length === 0) return;
  const program = await compile(
    lossProgram(model, { count, contextSize, assigned: true }),
    at.engine,
  );
  try {
    program.set(slotValues(model.store.slots("variable", "state")));
    const outputs = await program.run({
      rows: train.values,
      ...(context ? { context: context.values } : {}),
      ...lossNoise(model, count),
    });
    for (const slot of states) {
      const values = outputs[slotKey(slot)];
      if (values) slot.values = Float64Array.from(values);
    }
  } finally {
    await program.dispose();
  }
}
