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

test.run();
