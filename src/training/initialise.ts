import { compile } from "../engine/index.ts";
import { bindSlots, constantSlots, slotKey, slotSpecs, slotValues } from "../evaluation/slots.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import type { TrainArguments } from "./train.ts";

/** Rows that a data-dependent start looks at. */
const INITIAL_ROWS = 2048;

/** The model's data-dependent start, if it has one, on random training rows; sets slots of its store. */
export async function initialiseModel(
  {
    model,
    train,
    context,
    engine = {},
  }: Pick<TrainArguments, "model" | "train" | "context" | "engine">,
  rng: Rng,
): Promise<void> {
  const initialise = model.initialise?.bind(model);
  if (!initialise) return;
  const count = Math.min(INITIAL_ROWS, train.count);
  const chosen = rng.permutation(train.count).subarray(0, count);
  const slots = model.store.slots("variable", "state");
  const program = await compile(
    {
      label: "data-dependent start",
      inputs: {
        rows: { shape: [count, ...model.shape] },
        ...(context ? { context: { shape: [count, ...context.train.shape] } } : {}),
      },
      state: slotSpecs(slots),
      constants: constantSlots(model.store),
      body: (tensors) => {
        const { rows, context: condition } = tensors;
        if (!rows) throw new Error("initialiseModel: the program has no rows.");
        const { assigned } = bindSlots(model.store, tensors, () => {
          initialise(rows, condition);
        });
        return { outputs: assigned };
      },
    },
    engine,
  );
  try {
    program.set(slotValues(slots));
    const assigned = await program.run({
      rows: pick(train, chosen),
      ...(context ? { context: pick(context.train, chosen) } : {}),
    });
    for (const slot of slots) {
      const values = assigned[slotKey(slot)];
      if (values) slot.values = Float64Array.from(values);
    }
  } finally {
    await program.dispose();
  }
}

function pick(rows: Rows, chosen: Int32Array): Float64Array {
  const size = rowSize(rows);
  const values = new Float64Array(chosen.length * size);
  chosen.forEach((row, i) => {
    values.set(rows.values.subarray(row * size, (row + 1) * size), i * size);
  });
  return values;
}
