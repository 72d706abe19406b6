import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor, normalRows, perturb } from "../../src/contract/subject.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { sampleModel } from "../../src/evaluation/sample.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { createRng } from "../../src/math/rng.ts";

const model = perturb(buildFor(realNvp, 3, { options: { layers: 2, hidden: [8] } }), createRng(1));
const rows = normalRows(10, 3, createRng(2));

test("float32 and float64 agree to float32 round-off, the engines with each other", async () => {
  const at = (engine: "cpu" | "tfjs-cpu", precision: "float32" | "float64") =>
    evaluateLogProb({ model, rows, engine: { engine, precision } });
  const [double, single, eager] = [
    await at("cpu", "float64"),
    await at("cpu", "float32"),
    await at("tfjs-cpu", "float32"),
  ];
  double.forEach((value, i) => {
    // Two couplings of condition number below 10, ten float32 epsilons each.
    assert.ok(Math.abs(value - (single[i] ?? NaN)) < 1e-5 * Math.max(1, Math.abs(value)));
    assert.ok(Math.abs(value - (eager[i] ?? NaN)) < 1e-5 * Math.max(1, Math.abs(value)));
  });
  assert.not.equal([...double], [...single]);
});

test("no rows give no numbers", async () => {
  const none = { count: 0, shape: [3], values: new Float64Array(0) };
  assert.is((await evaluateLogProb({ model, rows: none })).length, 0);
  const samples = await sampleModel({ model, count: 0, rng: createRng(1) });
  assert.is(samples.rows.count, 0);
});

test("rows of another width, and a likelihood that does not exist, are refused", async () => {
  const refused = async (f: () => Promise<unknown>): Promise<string> => {
    try {
      await f();
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    return "nothing was thrown";
  };
  assert.match(
    await refused(() => evaluateLogProb({ model, rows: normalRows(4, 2, createRng(1)) })),
    'log p: expected rows "rows" of shape [3] each, got [2]',
  );
  assert.match(
    await refused(() => evaluateLogProb({ model, rows, name: "encoder" })),
    'no likelihood named "encoder"; it has ""',
  );
});

test("a longer request starts with the samples of a shorter one, whatever the batch", async () => {
  const draw = async (count: number, batch: number) =>
    (
      await sampleModel({
        model,
        count,
        batch,
        rng: createRng(4),
        engine: { engine: "cpu", precision: "float64" },
      })
    ).rows.values;
  const [long, short] = [await draw(20, 7), await draw(5, 2)];
  // Matrix products of other sizes may add in another order.
  short.forEach((value, i) => {
    assert.ok(Math.abs(value - (long[i] ?? NaN)) < 1e-12);
  });
});

test.run();
