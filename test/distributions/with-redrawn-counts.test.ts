import { test } from "uvu";
import * as assert from "uvu/assert";

import { withRedrawnCounts } from "../../src/distributions/with-redrawn-counts.ts";
import { compile, tf, type Tensor } from "../../src/engine/index.ts";
import { defaultsOf } from "../../src/options.ts";
import { families } from "../../src/families.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Family, Model } from "../../src/model.ts";

const cells = { origin: -0.5, width: 0.25 };

/** A model whose loss is the sum of its rows. */
const summing: Pick<Model, "loss" | "shape" | "noise"> = {
  shape: [2],
  noise: { other: { kind: "normal", shape: (n) => [n, 1] } },
  loss: ({ batch, noise: { other } }) => ({ loss: tf.add(tf.sum(batch), tf.sum(other as Tensor)) }),
};

test("the loss sees the counts with the step's noise in place of the rows' own", async () => {
  const model = withRedrawnCounts(summing as Model, cells);
  assert.equal(Object.keys(model.noise ?? {}), ["other", "dequantisation"]);
  assert.equal(model.noise?.["dequantisation"]?.shape(3), [3, 2]);
  const program = await compile(
    {
      label: "loss",
      inputs: { batch: { shape: [1, 2] }, u: { shape: [1, 2] }, other: { shape: [1, 1] } },
      body: ({ batch, u, other }) => {
        const call = { mode: "train", step: tf.scalar(0) } as const;
        const noise = { dequantisation: u as Tensor, other: other as Tensor };
        const { loss } = model.loss?.({ batch: batch as Tensor, noise, ...call }) ?? {};
        return { outputs: { loss: loss as Tensor } };
      },
    },
    { engine: "cpu", precision: "float64" },
  );
  // Counts 0 and 3 with noise 0.8 and 0.1; the step's noise is 0.5 and 0.25.
  const at = (count: number, rest: number): number => cells.origin + cells.width * (count + rest);
  const { loss } = await program.run({
    batch: Float64Array.of(at(0, 0.8), at(3, 0.1)),
    u: Float64Array.of(0.5, 0.25),
    other: Float64Array.of(7),
  });
  await program.dispose();
  assert.ok(Math.abs((loss?.[0] ?? NaN) - (7 + at(0, 0.5) + at(3, 0.25))) < 1e-14);
});

test("rows that are no counts, and models without a loss, stay as they are", () => {
  assert.is(withRedrawnCounts(summing as Model, undefined), summing);
  const closed = { shape: [2] } as unknown as Model;
  assert.is(withRedrawnCounts(closed, cells), closed);
});

test("every family of images redraws the noise of counts", () => {
  const build = (family: Family): Model => {
    const { hidden } = family.options;
    const options = { ...defaultsOf(family.options), ...(hidden && { hidden: [4, 4] }) };
    return family.build({ options, shape: [4, 4, 1], contextSize: 0, cells, rng: createRng(1) });
  };
  const without = families
    .filter(({ supports }) => supports.image)
    .filter((family) => build(family).noise?.["dequantisation"] === undefined);
  assert.equal(
    without.map(({ name }) => name),
    [],
  );
});

test.run();
