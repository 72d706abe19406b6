import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildFor, correlatedRows } from "../../src/contract/subject.ts";
import { klDecay } from "../../src/evaluation/kl-decay.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { createRng } from "../../src/math/rng.ts";
import { mean } from "../../src/math/statistics.ts";
import type { Model } from "../../src/model.ts";
import { train } from "../../src/training/train.ts";
import { saying } from "../saying.ts";
import { noisyLocation, setUp, smallFlow, valuesOf } from "./helpers.ts";

const greedily = (model: Model, changes = {}) => train(setUp(model, { greedy: true, ...changes }));

test("a layer is trained as if those after it did not exist", async () => {
  const [short, long] = [smallFlow({ layers: 1 }), smallFlow({ layers: 3 })];
  await greedily(short);
  await greedily(long);
  const first = valuesOf(short);
  assert.equal(valuesOf(long).slice(0, first.length), first);
  assert.not.equal(
    valuesOf(long),
    valuesOf(smallFlow({ layers: 3 })),
    "and those after it are trained, too",
  );
});

test("the numbers of the history are those of the whole flow", async () => {
  const model = smallFlow({ layers: 3, norm: "actnorm" });
  const { history, valMonitor, steps, trainLoss } = await greedily(model, { restoreBest: false });
  const { validation } = setUp(model);
  const logProb = await evaluateLogProb({ model, rows: validation });
  // float32 sums over three layers and 130 rows.
  assert.ok(Math.abs((valMonitor.value ?? NaN) + mean(logProb)) < 1e-5);
  assert.is(history.at(-1)?.validation, valMonitor.value);
  assert.is(history.at(-1)?.trainLoss, trainLoss);
  assert.equal(
    history.map(({ step }) => step),
    [20, 40, 60, 80, 100, 120, 140, 160, 180],
  );
  assert.is(steps, 180);
});

test("one trained affine layer whitens a Gaussian of two dimensions, as the closed form does", async () => {
  const model = buildFor(realNvp, 2, {
    options: { layers: 2, hidden: [], norm: "actnorm" },
  });
  const rows = correlatedRows(4000, 2, createRng("train"));
  await train({
    ...setUp(model, { greedy: true, steps: 400, batch: 1000, learningRate: 0.03 }),
    train: rows,
    validation: rows,
  });
  const layers = await klDecay({ model, rows, reference: { kind: "last" } });
  const [data, first] = (layers ?? []).map(({ nonStandardness }) => nonStandardness);
  // γ(2) = 0 (SCIENCE: KL decay). On the rows that it was fitted to, 5 parameters leave nothing but what 400 steps miss.
  assert.ok((data ?? 0) > 0.05, `data ${data ?? NaN}`);
  assert.ok((first ?? NaN) < 1e-3, `first layer ${first ?? NaN}`);
});

test("a base with parameters and a model without layers say what greedy training needs", async () => {
  const thrown = async (model: Model): Promise<unknown> => {
    try {
      await greedily(model);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const throwing = (error: unknown) => () => {
    throw error;
  };
  assert.throws(
    throwing(await thrown(smallFlow({ base: "mixture" }))),
    saying('got the base "mixture" with parameters of its own; set family.base=normal'),
  );
  assert.throws(
    throwing(await thrown(noisyLocation())),
    saying("expected a family that is a chain of layers"),
  );
});

test.run();
