import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { columnMeans } from "../../src/math/moments.ts";
import { ModelError, type Model } from "../../src/model.ts";
import { encodeNumbers } from "../../src/record.ts";
import { train } from "../../src/training/train.ts";
import { noisyLocation, setUp, smallFlow, valuesOf } from "./helpers.ts";

test("training lowers the loss, and the store ends with the weights of the reported monitor", async () => {
  const model = smallFlow();
  const args = setUp(model);
  const result = await train(args);
  assert.is(result.status, "done");
  assert.is(result.steps, 60);
  assert.equal(
    result.history.map((entry) => entry.step),
    [20, 40, 60],
  );
  assert.ok((result.trainLoss ?? Infinity) < (result.history[0]?.trainLoss ?? 0));
  const logProb = await evaluateLogProb({ model, rows: args.validation });
  const nll = -logProb.reduce((sum, value) => sum + value, 0) / logProb.length;
  assert.is(result.valMonitor.name, "nll");
  // The same program on the same numbers; only the batch of the evaluation may differ.
  assert.ok(Math.abs(nll - (result.valMonitor.value ?? NaN)) < 1e-6);
});

test("the compiled engine takes the same steps as the eager one", async () => {
  const [compiled, eager] = [smallFlow(), smallFlow()];
  const changes = {
    steps: 20,
    evaluateEvery: 10,
    clip: 0.5,
    ema: 0.9,
    optimiser: "adamw",
    weightDecay: 0.1,
  } as const;
  const one = await train({ ...setUp(compiled, changes), engine: { engine: "cpu" } });
  const two = await train({ ...setUp(eager, changes), engine: { engine: "tfjs-cpu" } });
  // 20 steps of float32 in another order of addition.
  assert.ok(Math.abs((one.trainLoss ?? NaN) - (two.trainLoss ?? NaN)) < 1e-5);
  const [a, b] = [valuesOf(compiled), valuesOf(eager)];
  assert.ok(a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) < 1e-4));
});

test("the weights of the best evaluation come back, though later ones were worse", async () => {
  const model = smallFlow();
  // A rate this high makes the loss jump about, so the last evaluation is not the best.
  const args = setUp(model, {
    steps: 200,
    evaluateEvery: 5,
    learningRate: 0.3,
    schedule: "constant",
    patience: null,
  });
  const result = await train(args);
  const values = result.history.map((entry) => entry.validation ?? Infinity);
  assert.is(result.valMonitor.value, Math.min(...values));
  assert.ok((values.at(-1) ?? 0) > Math.min(...values), "the test needs a worse last evaluation");
  const logProb = await evaluateLogProb({ model, rows: args.validation });
  const nll = -logProb.reduce((sum, value) => sum + value, 0) / logProb.length;
  assert.ok(Math.abs(nll - Math.min(...values)) < 1e-5);
});

test("training stops after `patience` evaluations without improvement", async () => {
  // The monitor cannot improve: the learning rate is too small to move a float32.
  const args = setUp(smallFlow(), {
    steps: 1000,
    evaluateEvery: 10,
    learningRate: 1e-30,
    patience: 3,
  });
  const result = await train(args);
  assert.is(result.status, "done");
  assert.is(result.steps, 40);
});

test("patience counts from the last improvement", async () => {
  const result = await train(
    setUp(smallFlow(), {
      steps: 1000,
      evaluateEvery: 5,
      clip: null,
      learningRate: 0.2,
      schedule: "constant",
      patience: 4,
    }),
  );
  const values = result.history.map((entry) => entry.validation ?? Infinity);
  const improved = values.map((value, i) => value < Math.min(Infinity, ...values.slice(0, i)));
  // There were failures before the last improvement, and exactly four after it.
  assert.ok(improved.slice(0, improved.lastIndexOf(true)).includes(false));
  assert.is(values.length - 1 - improved.lastIndexOf(true), 4);
});

test("with ema the kept weights are the running mean of those after each step", async () => {
  const weightsAfter = async (steps: number, ema: number | null): Promise<number[]> => {
    const model = smallFlow();
    const changes = { steps, ema, schedule: "constant", restoreBest: false } as const;
    await train(setUp(model, changes));
    return valuesOf(model);
  };
  let mean = valuesOf(smallFlow());
  for (let step = 0; step < 5; step++) {
    const weights = await weightsAfter(step + 1, null);
    const share = Math.max(1 - 0.3, 9 / (10 + step));
    mean = mean.map((value, i) => value + share * ((weights[i] ?? NaN) - value));
  }
  const kept = await weightsAfter(5, 0.3);
  // Five float32 steps.
  assert.ok(kept.every((value, i) => Math.abs(value - (mean[i] ?? NaN)) < 1e-6));
});

test("every step has noise of its own", async () => {
  const model = noisyLocation();
  const [location] = model.store.slots();
  // The loss is the noise's mean; it reads the variable only so that there is a gradient.
  const loss: NonNullable<Model["loss"]> = ({ noise: { jitter } }) => ({
    loss: tf.add(tf.mean(jitter as Tensor), tf.mul(tf.sum(location?.read() as Tensor), 0)),
  });
  const { history } = await train(setUp({ ...model, loss }, { steps: 4, evaluateEvery: 1 }));
  assert.is(new Set(history.map((entry) => entry.trainLoss)).size, 4);
});

test("a loss that is not finite ends the run as diverged, with the step", async () => {
  const args = setUp(smallFlow(), { learningRate: 1e30, schedule: "constant" });
  const result = await train(args);
  assert.is(result.status, "diverged");
  assert.match(
    result.reason ?? "",
    /^train: the loss became (NaN|infinite) at step \d+ of 60 \(learning rate 1e\+30\); lower it or set training\.clip\.$/,
  );
  // Not null, which is for what was not measured.
  assert.not.ok(Number.isFinite(result.trainLoss ?? 0), "the loss itself");
  assert.equal(encodeNumbers(result.valMonitor), { name: "nll", value: null, flag: "nan" });
  assert.ok(result.seconds > 0);
});

test("a validation set that never has a finite likelihood is a diverged run, not a done one", async () => {
  const args = setUp(smallFlow(), { steps: 20 });
  const values = args.validation.values.slice();
  // ‖z‖² overflows in float32.
  values[0] = 1e30;
  const result = await train({ ...args, validation: { ...args.validation, values } });
  assert.is(result.status, "diverged");
  assert.match(result.reason ?? "", "no evaluation up to step 20 gave a finite validation value");
  assert.ok(Number.isNaN(result.valMonitor.value));
  assert.is(result.history[0]?.validation, null);
});

test("a model without variables is the author's mistake, said before anything is recorded", async () => {
  const args = setUp(smallFlow(), { steps: 2 });
  const model = { ...args.model, store: createStore() };
  const fault: unknown = await train({ ...args, model }).catch((error: unknown) => error);
  assert.instance(fault, ModelError);
  assert.match(String(fault), /expected a model with variables.*store\.variable/);
});

test("no steps leave the start as it is, in float64 as well", async () => {
  const model = smallFlow();
  const engine = { engine: "cpu", precision: "float64" } as const;
  const result = await train({ ...setUp(model, { steps: 0 }), engine });
  assert.equal([result.status, result.steps, result.trainLoss], ["done", 0, null]);
  assert.equal(valuesOf(model), valuesOf(smallFlow()));
  const longer = await train({ ...setUp(model, { steps: 20 }), engine });
  assert.ok(longer.trainLoss !== null && longer.trainLoss !== Math.fround(longer.trainLoss));
});

test("a model with noise and a state trains on its loss, to the mean of the rows", async () => {
  const model = noisyLocation();
  const args = setUp(model, { steps: 405, evaluateEvery: 100, learningRate: 0.1, ema: 0.9 });
  const result = await train(args);
  assert.is(result.valMonitor.name, "loss");
  const [location, cube, counter] = model.store.slots();
  const mean = columnMeans(args.train);
  // The optimum of 300 rows, seen in batches of 50 whose own mean scatters by 1/√50, averaged by the schedule.
  mean.forEach((value, i) => {
    assert.ok(Math.abs(value - (location?.values[i] ?? NaN)) < 0.05);
  });
  assert.equal([...(cube?.values ?? [])], [0, 0]);
  // The best evaluation's state; evaluations come every 100 steps and after the last, and leave the state alone.
  assert.ok([100, 200, 300, 400, 405].includes(counter?.values[0] ?? NaN));
});

test("a batch is at most the rows, epochs become steps, and both are noted", async () => {
  const result = await train(setUp(smallFlow(), { batch: 1000, epochs: 3 }));
  assert.is(result.steps, 3);
  assert.match(result.notes.join("; "), "training.batch 1000 was cut to the 300 training rows");
});

test("without validation rows the last weights are kept, and it says so", async () => {
  const args = setUp(smallFlow(), { steps: 20 });
  const result = await train({
    ...args,
    validation: { count: 0, shape: [2], values: new Float64Array(0) },
  });
  assert.is(result.valMonitor.value, null);
  assert.match(result.notes.join(), "no validation rows");
});

test("weights that the last step made non-finite are a diverged run, though every loss was finite", async () => {
  const model = noisyLocation();
  const [location] = model.store.slots();
  // √0 has the value 0 and the gradient infinity · 0.
  const loss: NonNullable<Model["loss"]> = () => ({
    loss: tf.sum(tf.sqrt(tf.mul(location?.read() as Tensor, 0))),
  });
  const args = setUp({ ...model, loss }, { steps: 1, evaluateEvery: 1 });
  const validation = { count: 0, shape: [2], values: new Float64Array(0) };
  const result = await train({ ...args, validation });
  assert.is(result.status, "diverged");
  assert.match(result.reason ?? "", /^train: the weights are not finite after step 1 .*lower it/);
  assert.is(result.trainLoss, 0);
});

test("training twice leaves no tensor behind", async () => {
  const once = () =>
    train({
      ...setUp(noisyLocation(), { steps: 3, evaluateEvery: 2 }),
      engine: { engine: "tfjs-cpu" },
    });
  await once();
  const before = tf.memory().numTensors;
  await once();
  assert.is(tf.memory().numTensors, before);
});

test.run();
