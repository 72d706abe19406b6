import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeRows } from "../../src/evaluation/latents.ts";
import { perform } from "./perform.ts";

const arraysOf = async (...overrides: string[]) => {
  const outcome = await perform(overrides);
  return { ...outcome, arrays: outcome.evaluated?.arrays ?? {} };
};
const SMALL = ["data.size=2000", "evaluation.grid=10", "evaluation.samples=0"];

test("the density is kept on the middles of cells over the test rows, in raw units, beside that of the data", async () => {
  const { arrays, dataset } = await arraysOf(
    ...["family=gaussian", "data=gaussian", "data.dim=2", "data.spectrum=[4,0.25]"],
    ...["data.rotate=false", "data.standardise=true", "data.size=60_000"],
    ...["evaluation.grid=10", "evaluation.samples=0"],
  );
  const { density, "density-truth": truth, "density-range": range } = arrays;
  const first = [...dataset.test.values].filter((_, k) => k % 2 === 0);
  assert.equal([range?.values[0], range?.values[1]], [Math.min(...first), Math.max(...first)]);
  assert.equal(density?.shape, [10, 10]);
  const [x0 = NaN, x1 = NaN, y0 = NaN, y1 = NaN] = range?.values ?? [];
  for (const [i, j] of [
    [0, 0],
    [3, 7],
    [9, 4],
  ] as const) {
    const x = x0 + ((i + 0.5) / 10) * (x1 - x0);
    const y = y0 + ((j + 0.5) / 10) * (y1 - y0);
    // N(0, diag(4, ¼)), whose determinant is 1; the first coordinate is the slow one.
    const exact = -0.5 * (x * x * 0.25 + y * y * 4) - Math.log(2 * Math.PI);
    assert.ok(Math.abs((truth?.values[10 * i + j] ?? NaN) - exact) < 1e-12);
    // Fitted to 48,000 rows: variances within 1 %, at 4 standard deviations worth 0.08 nats each.
    assert.ok(Math.abs((density?.values[10 * i + j] ?? NaN) - exact) < 0.3);
  }
});

test("test rows are kept after each layer, from the model's units to the latent rows", async () => {
  const { arrays, dataset, preprocessing, model } = await arraysOf(
    ...["family=real-nvp", "family.layers=3", "data=two-moons", "data.standardise=true"],
    ...["training.steps=5", "evaluation.layers=true", ...SMALL],
  );
  const rows = arrays["layer-rows"];
  const n = dataset.test.count;
  assert.equal(rows?.shape, [4, n, 2]);
  assert.equal(
    Float64Array.from(rows?.values ?? []).slice(0, 2 * n),
    preprocessing.apply(dataset.test).values,
  );
  const latent = await encodeRows(model, preprocessing.apply(dataset.test), {
    engine: { precision: "float64" },
  });
  assert.equal(Float64Array.from(rows?.values ?? []).slice(6 * n), latent.values);
});

test("nothing is kept of other rows, of conditions, or where it is not asked for", async () => {
  const names = async (...overrides: string[]) =>
    Object.keys((await arraysOf(...overrides, "training.steps=2", "data.size=500")).arrays);
  const flow = ["family=real-nvp", "family.layers=2", "evaluation.layers=true"];
  assert.equal(await names(...flow, "data=gaussian", "data.dim=3"), []);
  assert.equal(await names(...flow, "data=sbi-two-moons", "data.condition=[x1,x2]"), []);
  assert.equal(
    await names("family=real-nvp", "family.layers=2", "data=two-moons", "evaluation.grid=0"),
    [],
  );
});

test.run();
