import { test } from "uvu";
import * as assert from "uvu/assert";

import { computeMetrics } from "../../../src/evaluation/metrics/compute-metrics.ts";
import { defineMetric } from "../../../src/evaluation/metrics/metric-definition.ts";
import { metrics } from "../../../src/evaluation/metrics/index.ts";
import { createRng } from "../../../src/math/rng.ts";
import { makeRows } from "../../../src/math/rows.ts";
import { DIM, posteriorModel, settings, simulator, type Given } from "./posterior-model.ts";

const rng = createRng("compute metrics");

test("without a condition, sbc and coverage are left out with the reason, and the others are measured", async () => {
  const { context, ...model } = posteriorModel({});
  assert.ok(context);
  const drawn: Given = {
    ...model,
    sample: (count, stream) =>
      Promise.resolve({ rows: makeRows(simulator.samplePrior(count, stream), [DIM]) }),
  };
  const found = await computeMetrics(metrics, drawn, settings, rng.fork("free"));
  assert.equal(Object.keys(found.metrics), ["c2st", "mmd", "sliced_wasserstein"]);
  assert.is(found.notes.length, 3);
  assert.match(found.notes[0] ?? "", /^sbc is left out: .*data\.condition/);
  assert.match(found.notes[2] ?? "", /^ideal_map is left out: .*known density/);
  for (const { n, nonfinite, provenance } of Object.values(found.metrics))
    assert.equal([n, nonfinite, provenance], [300, 0, { kind: "samples", draws: 300 }]);
});

test("a conditional model is compared by rows and conditions together", async () => {
  // Draws from the prior whatever the condition: right on average, wrong for each condition.
  const blind: Given = {
    ...posteriorModel({}),
    sample: (count, stream) =>
      Promise.resolve({ rows: makeRows(simulator.samplePrior(count, stream), [DIM]) }),
  };
  const two = metrics.filter(({ name }) => ["mmd", "sliced_wasserstein"].includes(name));
  const right = await computeMetrics(two, posteriorModel({}), settings, rng.fork("joint"));
  const wrong = await computeMetrics(two, blind, settings, rng.fork("joint"));
  const value = (found: typeof right, name: string) => Number(found.metrics[name]?.value);
  assert.ok(value(wrong, "mmd") > 10 * Math.abs(value(right, "mmd")));
  const floor = Number(right.metrics["sliced_wasserstein"]?.floor);
  assert.ok(value(wrong, "sliced_wasserstein") > 1.5 * floor);
  assert.ok(value(right, "sliced_wasserstein") < 1.5 * floor);
});

test("one draw that is not a number leaves every metric without a value, and says how many there were", async () => {
  const model = posteriorModel({});
  const broken: Given = {
    ...model,
    async sample(count, stream, context) {
      const samples = await model.sample(count, stream, context);
      samples.rows.values[3] = NaN;
      return samples;
    },
  };
  const ofDraws = metrics.filter(({ needs }) => needs !== "planar-density");
  const found = await computeMetrics(ofDraws, broken, settings, rng.fork("broken"));
  assert.is(Object.keys(found.metrics).length, ofDraws.length);
  for (const [name, { value, flag, stderr, nonfinite }] of Object.entries(found.metrics))
    assert.equal([value, flag, stderr, nonfinite], [null, "nan", null, 1], name);
});

test("what several metrics draw is drawn once", async () => {
  const model = posteriorModel({});
  let calls = 0;
  const counted: Given = {
    ...model,
    sample(...request) {
      calls++;
      return model.sample(...request);
    },
  };
  await computeMetrics(
    metrics.filter(({ name }) => name !== "c2st"),
    counted,
    settings,
    rng.fork("once"),
  );
  assert.is(calls, 2);
});

test("a metric's number does not depend on which others are asked for", async () => {
  const model = posteriorModel({});
  const names = ["mmd", "coverage"];
  const some = metrics.filter(({ name }) => names.includes(name));
  const all = metrics.filter(({ name }) => name !== "c2st").toReversed();
  const [one, other] = [
    await computeMetrics(some, model, settings, rng.fork("alone")),
    await computeMetrics(all, model, settings, rng.fork("alone")),
  ];
  for (const name of names) assert.equal(one.metrics[name], other.metrics[name]);
});

test("arrays and figures that could take the place of others are not kept, and it is said", async () => {
  const array = { shape: [1], values: Float64Array.of(1) };
  const metric = defineMetric({
    name: "my_number",
    summary: "a number",
    paper: "2026",
    compute: () =>
      Promise.resolve({
        metrics: {},
        arrays: { samples: array, "my-number-curve": array, "my-number/../x": array },
        figures: { "my-number": "<svg/>" },
      }),
  });
  const found = await computeMetrics([metric], posteriorModel({}), settings, rng.fork("own"));
  assert.equal(Object.keys(found.arrays), ["my-number-curve"]);
  assert.equal(Object.keys(found.figures), ["my-number"]);
  assert.is(found.notes.length, 2);
  assert.match(found.notes[0] ?? "", /my_number: "samples" is not kept; .*my-number-/);
});

test("names are snake case and unique, and each metric gives a number of its name", () => {
  const names = metrics.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const { name, summary, paper } of metrics) {
    assert.match(name, /^[a-z0-9]+(_[a-z0-9]+)*$/);
    assert.ok(summary !== "" && /\d{4}/.test(paper), name);
  }
});

test.run();
