import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile, tf, type Tensor } from "../../src/engine/index.ts";
import { adamStep, clipByGlobalNorm, controlsAt } from "../../src/training/optimiser.ts";
import { learningRateAt } from "../../src/training/schedule.ts";
import { options } from "./helpers.ts";

const float64 = { engine: "cpu", precision: "float64" } as const;
const at = (tensors: Record<string, Tensor>, name: string): Tensor => {
  const tensor = tensors[name];
  if (!tensor) throw new Error(name);
  return tensor;
};

/** Adam as Kingma & Ba print it, with the weight decay of either kind. */
function textbook(start: number, gradients: readonly number[], o: ReturnType<typeof options>) {
  let [p, m, v] = [start, 0, 0];
  return gradients.map((gradient, i) => {
    const g = gradient + (o.optimiser === "adam" ? o.weightDecay * p : 0);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const rate = learningRateAt(i, gradients.length, o);
    const move = m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    p = p - rate * move - (o.optimiser === "adamw" ? rate * o.weightDecay * p : 0);
    return p;
  });
}

for (const optimiser of ["adam", "adamw"] as const)
  test(`${optimiser} with scaled moments takes the steps of the textbook's`, async () => {
    const o = options({ optimiser, weightDecay: 0.1, warmup: 3 });
    const gradients = [1, -0.5, 0.25, 3, 0, 1e-4, -2, 0.3];
    const scalar = { shape: [] };
    const program = await compile(
      {
        label: "adam",
        inputs: { gradient: { shape: [1, 1] }, rate: scalar, epsilon: scalar, keep: scalar },
        state: {
          parameter: { shape: [1, 1] },
          first: { shape: [1, 1] },
          second: { shape: [1, 1] },
        },
        body: (tensors) => {
          const get = (name: string) => at(tensors, name);
          const controls = { rate: get("rate"), epsilon: get("epsilon"), keep: get("keep") };
          const moments = { first: get("first"), second: get("second") };
          const next = adamStep(get("parameter"), get("gradient"), moments, controls, o);
          return { outputs: {}, state: { ...next } };
        },
      },
      float64,
    );
    program.set({ parameter: Float64Array.of(2) });
    const expected = textbook(2, gradients, o);
    for (const [i, gradient] of gradients.entries()) {
      const { rate, epsilon, keep } = controlsAt(i, gradients.length, o);
      const one = (value: number) => Float64Array.of(value);
      await program.run({
        gradient: one(gradient),
        rate: one(rate),
        epsilon: one(epsilon),
        keep: one(keep),
      });
      const got = (await program.get())["parameter"]?.[0] ?? NaN;
      // β₁, β₂ and the decay are constants of the program and so float32: a relative error of 3e-8 in each.
      assert.ok(
        Math.abs(got - (expected[i] ?? NaN)) < 1e-5,
        `step ${i}: ${got} ${expected[i] ?? NaN}`,
      );
    }
    await program.dispose();
  });

test("clipping scales all gradients to the common norm, and leaves small ones alone", () => {
  const gradients = [tf.tensor2d([[3, 0]]), tf.tensor2d([[0], [4]])];
  const norms = (largest: number) =>
    clipByGlobalNorm(gradients, largest).flatMap((g) => [...g.dataSync()]);
  // 3 and 4 have the norm 5; one half of each is exact in float32 up to one rounding.
  assert.ok(norms(2.5).every((value, i) => Math.abs(value - ([1.5, 0, 0, 2][i] ?? NaN)) < 1e-6));
  assert.equal(norms(10), [3, 0, 0, 4]);
});

test("the learning rate rises over the warm-up and then follows half a cosine to zero", () => {
  const o = { learningRate: 2, schedule: "cosine", warmup: 4 } as const;
  assert.equal(
    [0, 1, 3, 4].map((step) => learningRateAt(step, 104, o)),
    [0.5, 1, 2, 2],
  );
  assert.ok(Math.abs(learningRateAt(54, 104, o) - 1) < 1e-12);
  assert.ok(learningRateAt(103, 104, o) < 1e-3);
  assert.is(learningRateAt(103, 104, { ...o, schedule: "constant" }), 2);
});

test.run();
