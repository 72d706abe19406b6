import { compile, createStore, tf, type Tensor, type Tensors } from "../src/engine/index.ts";
import { bindSlots, constantSlots, slotSpecs, slotValues } from "../src/evaluation/slots.ts";

/** Rows of numbers, by name. */
type Matrices = Readonly<Record<string, readonly (readonly number[])[]>>;

/**
 * What a recorded function of these matrices (and of the store's slots) gives in float64, each output flat. TensorFlow.js
 * by itself computes in float32.
 */
export async function inFloat64(
  inputs: Matrices,
  body: (tensors: Tensors) => Tensors,
  store = createStore(),
): Promise<Record<string, number[]>> {
  const slots = store.slots("variable", "state");
  const program = await compile(
    {
      label: "test",
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([name, rows]) => [
          name,
          { shape: [rows.length, rows[0]?.length ?? 0] },
        ]),
      ),
      state: slotSpecs(slots),
      constants: constantSlots(store),
      // An output that is an input itself needs a node of its own.
      body: (tensors) => {
        const outputs = bindSlots(store, tensors, () => body(tensors)).result;
        return {
          outputs: Object.fromEntries(
            Object.entries(outputs).map(([name, t]): [string, Tensor] => [name, tf.clone(t)]),
          ),
        };
      },
    },
    { engine: "cpu", precision: "float64" },
  );
  try {
    program.set(slotValues(slots));
    const arrays = await program.run(
      Object.fromEntries(
        Object.entries(inputs).map(([name, rows]) => [name, Float64Array.from(rows.flat())]),
      ),
    );
    return Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, [...a]]));
  } finally {
    await program.dispose();
  }
}

/** Each number of `got` within `tolerance` of `expected`; NaN fails. */
export function assertClose(
  got: readonly number[] | undefined,
  expected: readonly number[],
  tolerance: number,
  what = "value",
): void {
  if (got?.length !== expected.length)
    throw new Error(`${what}: expected ${expected.length} numbers, got ${String(got?.length)}.`);
  expected.forEach((value, i) => {
    if (!(Math.abs((got[i] ?? NaN) - value) <= tolerance))
      throw new Error(
        `${what} ${i}: expected ${value} to ${tolerance}, got ${String(got[i])}; [${got.slice(0, 8).join(", ")}]`,
      );
  });
}
