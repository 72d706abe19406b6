import { test } from "uvu";
import * as assert from "uvu/assert";

import { train } from "../../src/index.ts";

const request = {
  family: { name: "real-nvp", layers: 3, hidden: [16] },
  training: { steps: 30 },
  evaluation: { layers: true, precision: "float64" },
} as const;

test("the last layer's KL is the model's, whether or not the model saw standardised rows", async () => {
  for (const standardise of [false, true]) {
    const data = { name: "two-moons", size: 3000, standardise };
    const { record } = await train({ ...request, data });
    const layers = record?.layers ?? [];
    assert.is(layers.length, 4);
    const last = layers.at(-1) ?? {};
    const kl = record?.metrics["kl"];
    // The same sum in another order.
    assert.ok(Math.abs(Number(last["kl"]) - Number(kl?.value)) < 1e-9, JSON.stringify(last));
    assert.ok(Math.abs(Number(last["klStderr"]) - Number(kl?.stderr)) < 1e-9);
    assert.is(last["reference"], "entropy");
    assert.is(last["nonfinite"], 0);
  }
});

test("rows of unknown density are measured from the last layer on", async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(i * i)]);
  const { record } = await train({ ...request, data: rows });
  const layers = record?.layers ?? [];
  assert.is(layers.at(-1)?.["kl"], 0);
  assert.ok(layers.every(({ reference }) => reference === "last"));
});

test("on a Gaussian the layers of a closed form are exact, whether or not the model saw standardised rows", async () => {
  const spectrum = [4, 1, 0.25];
  // ½ (tr Σ − D − ln det Σ), of the data as they are.
  const expected = (5.25 - 3 - Math.log(4 * 0.25)) / 2;
  const data = { name: "gaussian", dim: 3, size: 4000, spectrum, rotate: false };
  const family = { name: "optimal-affine", layers: 2, repeats: 5 };
  const { record } = await train({ family, data, evaluation: { layers: true } });
  const [first, second] = record?.layers ?? [];
  assert.ok(Math.abs(Number(first?.["kl"]) - expected) < 1e-14);
  assert.is(second?.["n"], 5);
  assert.is(second?.["reference"], "entropy");
  const scaled = await train({
    ...{ family, evaluation: { layers: true } },
    data: { ...data, standardise: true },
  });
  // Standardised, only the errors of 3200 rows' deviations are left: relative ones of 1/√(2N), a KL of their squares.
  const kl = Number(scaled.record?.layers?.[0]?.["kl"]);
  assert.ok(kl > 0 && kl < 3 * (4 / 3200), `${kl}`);
});

test("on rows from no Gaussian the same family's layers are measured", async () => {
  const family = { name: "optimal-affine", layers: 2, repeats: 5 };
  const { record } = await train({
    ...{ family, evaluation: { layers: true } },
    data: { name: "two-moons", size: 2000 },
  });
  const layers = record?.layers ?? [];
  assert.is(layers[0]?.["n"], 200);
  // An affine map cannot touch G, whose errors are those of 200 rows.
  const g = layers.map((layer) => Number(layer["nonGaussianity"]));
  assert.ok(Math.abs((g[2] ?? NaN) - (g[0] ?? NaN)) < 0.05, g.join(" "));
  assert.ok((g[0] ?? 0) > 0.5);
});

test.run();
