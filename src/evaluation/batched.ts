import { compile, type Arrays, type EngineOptions, type Shape } from "../engine/index.ts";
import type { Spec, Store, Tensors } from "../engine/index.ts";
import type { Rows } from "../math/rows.ts";
import { rowSize } from "../math/rows.ts";
import { bindSlots, constantSlots, slotSpecs, slotValues } from "./slots.ts";

export interface BatchedFunction {
  /** For error messages: "real-nvp: log p". */
  readonly label: string;
  readonly store: Store;
  /** Shape of one row of each input. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** What decides how many rows a call takes: the shape of the rows that a network works on. That of each input unless given. */
  readonly heaviest?: Shape;
  /** Names of inputs that are one number for all rows. */
  readonly scalars?: readonly string[];
  /** Recordable: inputs [batch, ...shape] → outputs [batch, ...]. Each row of the result depends on its row only. */
  readonly body: (tensors: Tensors) => Tensors;
}

export interface Batched {
  /** Any number of rows; outputs by name, row-major, one entry or several per row. */
  run(
    inputs: Readonly<Record<string, Rows>>,
    scalars?: Readonly<Record<string, number>>,
  ): Promise<Record<string, Float64Array>>;
  /** Takes other values for the store's variables and states, named as in `slotKey`; without them, the store's. */
  refresh(values?: Arrays): void;
  dispose(): Promise<void>;
}

/** Rows that one call of a compiled function works on, unless told otherwise. */
export const DEFAULT_BATCH = 2048;
/** Entries of rows that one call takes at most: a network keeps many times as much per row, an image family most of all. */
const MOST_ENTRIES = 2 ** 18;

/** Rows per call: as many as asked for, fewer where rows are large. */
export const rowsPerCall = (asked: number, shape: Shape): number =>
  Math.min(asked, Math.max(1, Math.floor(MOST_ENTRIES / shape.reduce((n, d) => n * d, 1))));

/**
 * A function of rows, compiled once for a fixed batch, applied to any number of rows. The last batch is filled up with
 * its own last row, and what belongs to the filling is dropped.
 *
 * @param most rows per call, fewer where they are large
 */
export async function batched(
  { label, store, inputs, heaviest, scalars = [], body }: BatchedFunction,
  most: number,
  engine: EngineOptions,
): Promise<Batched> {
  const weights = heaviest ? [heaviest] : Object.values(inputs);
  const batch = Math.min(...weights.map((shape) => rowsPerCall(most, shape)));
  const changing = store.slots("variable", "state");
  const specs: Record<string, Spec> = {};
  for (const [name, shape] of Object.entries(inputs)) specs[name] = { shape: [batch, ...shape] };
  for (const name of scalars) specs[name] = { shape: [] };
  const program = await compile(
    {
      label,
      inputs: specs,
      state: slotSpecs(changing),
      constants: constantSlots(store),
      body: (tensors) => ({ outputs: bindSlots(store, tensors, () => body(tensors)).result }),
    },
    engine,
  );
  program.set(slotValues(changing));
  return {
    async run(rows, numbers = {}) {
      const count = commonCount(label, inputs, rows);
      const fixed: Arrays = {};
      for (const name of scalars) fixed[name] = Float64Array.of(numbers[name] ?? 0);
      const collected: Record<string, Float64Array> = {};
      for (let start = 0; start < count; start += batch) {
        const feeds: Arrays = { ...fixed };
        for (const name of Object.keys(inputs))
          feeds[name] = block(rows[name] as Rows, start, batch);
        const outputs = await program.run(feeds);
        for (const [name, values] of Object.entries(outputs)) {
          const size = values.length / batch;
          const all = (collected[name] ??= new Float64Array(count * size));
          all.set(values.subarray(0, Math.min(batch, count - start) * size), start * size);
        }
      }
      return collected;
    },
    refresh(values) {
      program.set(values ?? slotValues(changing));
    },
    dispose: () => program.dispose(),
  };
}

/** The number of rows of all inputs; throws where an input is missing, has another shape or another count. */
function commonCount(
  label: string,
  inputs: Readonly<Record<string, Shape>>,
  rows: Readonly<Record<string, Rows>>,
): number {
  const counts = Object.entries(inputs).map(([name, shape]) => {
    const given = rows[name];
    if (given?.shape.join() !== shape.join())
      throw new Error(
        `${label}: expected rows "${name}" of shape [${shape.join(", ")}] each, got ` +
          `${given ? `[${given.shape.join(", ")}]` : "none"}; pass rows of the model's shape.`,
      );
    return given.count;
  });
  const [first = 0] = counts;
  if (counts.some((count) => count !== first))
    throw new Error(`${label}: inputs have different numbers of rows: ${counts.join(", ")}.`);
  return first;
}

/** Rows start..start+batch−1, the last one repeated where there are fewer. */
function block(rows: Rows, start: number, batch: number): Float64Array {
  const size = rowSize(rows);
  const end = Math.min(start + batch, rows.count);
  const values = rows.values.subarray(start * size, end * size);
  if (end - start === batch) return values;
  const filled = new Float64Array(batch * size);
  filled.set(values);
  const last = rows.values.subarray((end - 1) * size, end * size);
  for (let row = end - start; row < batch; row++) filled.set(last, row * size);
  return filled;
}
