import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor, correlatedRows, normalRows } from "../../src/contract/subject.ts";
import { realTensor } from "../../src/distributions/real.ts";
import { compile, createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { bindSlots, slotKey, slotSpecs, slotValues } from "../../src/evaluation/slots.ts";
import { drawNoise } from "../../src/math/noise.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows } from "../../src/math/rows.ts";
import { ModelError, type Model } from "../../src/model.ts";
import {
  flowMatching,
  flowMatchingModel,
  type FlowMatchingOptions,
} from "../../src/ode/flow-matching.ts";
import type { Velocity } from "../../src/ode/velocity.ts";
import { defaultsOf } from "../../src/options.ts";
import { train } from "../../src/training/train.ts";
import { setUp } from "../training/helpers.ts";

const FLOAT64 = { engine: "cpu", precision: "float64" } as const;

/** Data from N(m, diag λ). */
const MEAN = [1, -0.5] as const;
const VARIANCES = [0.3, 2] as const;

/** Moments of u = x − (1 − σ) z and x_t = (1 − (1 − σ) t) z + t x, which are jointly Gaussian. */
const moments = (t: number, variance: number, sigma: number) => {
  const left = 1 - (1 - sigma) * t;
  return {
    target: variance + (1 - sigma) ** 2,
    both: t * variance - (1 - sigma) * left,
    row: left ** 2 + t ** 2 * variance,
  };
};

/** E[u | x_t] = m + Cov(u, x_t) / Var(x_t) · (x_t − t m). */
const analytic =
  (sigma: number): Velocity =>
  (t, x) => {
    const mean = realTensor(MEAN, [1, 2]);
    const variance = realTensor(VARIANCES, [1, 2]);
    const left = tf.sub(1, tf.mul(t, realTensor([1 - sigma], [1, 1])));
    const both = tf.sub(tf.mul(t, variance), tf.mul(left, realTensor([1 - sigma], [1, 1])));
    const row = tf.add(tf.square(left), tf.mul(tf.square(t), variance));
    return tf.add(mean, tf.mul(tf.div(both, row), tf.sub(x, tf.mul(t, mean))));
  };

type Changes = Partial<FlowMatchingOptions>;
const optionsWith = (changes: Changes): FlowMatchingOptions =>
  ({ ...defaultsOf(flowMatching.options), ...changes }) as FlowMatchingOptions;

const modelOf = (velocity: Velocity, changes: Changes = {}, store = createStore()): Model =>
  flowMatchingModel({
    ...{ store, velocity, shape: [2], contextSize: 0 },
    options: optionsWith(changes),
  });

const BATCHES = 60;
const BATCH = 500;

/** Loss and gradients of each of many batches of the Gaussian data. */
async function lossesOf(model: Model): Promise<Record<string, Float64Array>> {
  const slots = model.store.slots("variable");
  const names = Object.keys(model.noise ?? {});
  const program = await compile(
    {
      label: "loss over many batches",
      inputs: {
        rows: { shape: [BATCH, 2] },
        ...Object.fromEntries(
          names.map((n) => [n, { shape: model.noise?.[n]?.shape(BATCH) ?? [] }]),
        ),
      },
      state: slotSpecs(slots),
      repeat: BATCHES,
      body: ({ rows, ...tensors }) => {
        const lossOf = (...values: Tensor[]): Tensor => {
          const bound = slots.map((slot, i) => [slotKey(slot), values[i] as Tensor]);
          const call = { batch: rows as Tensor, noise: tensors, step: tf.scalar(0) };
          return bindSlots(model.store, Object.fromEntries(bound) as typeof tensors, () =>
            model.loss?.({ ...call, mode: "train" }),
          ).result?.loss as Tensor;
        };
        const values = slots.map((slot) => tensors[slotKey(slot)] as Tensor);
        if (slots.length === 0) return { outputs: { loss: lossOf() } };
        const gradients = tf.grads(lossOf)(values);
        return { outputs: Object.fromEntries(gradients.map((g, i) => [slots[i]?.name ?? "", g])) };
      },
    },
    FLOAT64,
  );
  const rng = createRng("losses");
  const rows = rng
    .fork("rows")
    .normals(BATCHES * BATCH * 2)
    .map((v, k) => (MEAN[k % 2] ?? 0) + Math.sqrt(VARIANCES[k % 2] ?? 1) * v);
  const noise = names.map((n) => {
    const { kind, shape } = model.noise?.[n] ?? { kind: "normal", shape: () => [] };
    return [n, drawNoise(kind, [BATCHES, ...shape(BATCH)], rng.fork(n))] as const;
  });
  try {
    program.set(slotValues(slots));
    const outputs = await program.run({ rows, ...Object.fromEntries(noise) });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => [name, Float64Array.from(values)]),
    );
  } finally {
    await program.dispose();
  }
}

/** Mean and its standard error over the batches, of entry k of each. */
function over(values: Float64Array, k = 0) {
  const size = values.length / BATCHES;
  const each = Array.from({ length: BATCHES }, (_, b) => values[b * size + k] ?? NaN);
  const mean = each.reduce((sum, v) => sum + v, 0) / BATCHES;
  const variance = each.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (BATCHES - 1);
  return { mean, stderr: Math.sqrt(variance / BATCHES) };
}

const cases: readonly Changes[] = [{}, { times: "logit-normal" }, { sigmaMin: 0.2 }];

for (const changes of cases)
  test(`the analytic velocity of Gaussian data has the least expected loss: ${JSON.stringify(changes)}`, async () => {
    const store = createStore();
    // Ways to leave the analytic velocity: with each entry of these, in proportion to a function of time and row.
    const directions: Record<string, (t: Tensor, x: Tensor) => Tensor> = {
      constant: (_, x) => tf.onesLike(x),
      time: (t, x) => tf.mul(t, tf.onesLike(x)),
      row: (_, x) => x,
      "row late": (t, x) => tf.mul(tf.square(t), x),
      "square of the row": (_, x) => tf.square(x),
    };
    const slots = Object.keys(directions).map((name) => store.variable(name, [1, 2], [0, 0]));
    const best = analytic(changes.sigmaMin ?? 0);
    const velocity: Velocity = (t, x, call) =>
      slots.reduce(
        (v, slot) => tf.add(v, tf.mul(slot.read(), directions[slot.name]?.(t, x) ?? x)),
        best(t, x, call),
      );
    const gradients = await lossesOf(modelOf(velocity, changes, store));
    for (const { name } of slots)
      for (const entry of [0, 1]) {
        const { mean, stderr } = over(gradients[name] ?? new Float64Array(0), entry);
        // Ten numbers in each of three cases: 4 standard errors happen once in 500 such tests. The loss is convex in them.
        assert.ok(Math.abs(mean) < 4 * stderr, `${name}[${entry}]: ${mean} ± ${stderr}`);
        assert.ok(stderr < 0.02, "and the test could tell");
      }
  });

/** ∫ over times of the drawn density, by the midpoint rule in the variable that is drawn. */
function overTimes(times: "uniform" | "logit-normal", f: (t: number) => number): number {
  const count = 4000;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const s = (i + 0.5) / count;
    const y = 16 * s - 8;
    sum +=
      times === "uniform"
        ? f(s)
        : (16 * Math.exp(-0.5 * y * y) * f(1 / (1 + Math.exp(-y)))) / Math.sqrt(2 * Math.PI);
  }
  return sum / count;
}

for (const changes of cases)
  test(`its loss is the mean variance of the target given time and row: ${JSON.stringify(changes)}`, async () => {
    const { sigmaMin = 0, times = "uniform" } = changes;
    const { loss = new Float64Array(0) } = await lossesOf(modelOf(analytic(sigmaMin), changes));
    const { mean, stderr } = over(loss);
    const expected = overTimes(times, (t) => {
      const left = VARIANCES.map((variance) => {
        const { target, both, row } = moments(t, variance, sigmaMin);
        return target - both ** 2 / row;
      });
      return left.reduce((sum, v) => sum + v, 0) / left.length;
    });
    assert.ok(Math.abs(mean - expected) < 4 * stderr, `${mean} ± ${stderr}, not ${expected}`);
    assert.ok(stderr < 0.01 * expected, "and the test could tell");
  });

for (const sigmaMin of [0, 0.3])
  test(`with the analytic velocity log p is that of N(m, λ + σ²), σ = ${sigmaMin}`, async () => {
    const model = modelOf(analytic(sigmaMin), { sigmaMin, rtol: 1e-9, atol: 1e-9 });
    const rows = makeRows(
      normalRows(50, 2, createRng(1)).values.map((v) => 1.5 * v),
      [2],
    );
    const logProb = await evaluateLogProb({ model, rows, engine: FLOAT64 });
    logProb.forEach((value, i) => {
      const expected = MEAN.reduce((sum, m, j) => {
        const variance = (VARIANCES[j] ?? 1) + sigmaMin ** 2;
        const square = ((rows.values[2 * i + j] ?? 0) - m) ** 2 / variance;
        return sum - 0.5 * (square + Math.log(2 * Math.PI * variance));
      }, 0);
      // Some tens of steps, each with an error of 1e-9, and a density that falls by a few units per unit.
      assert.ok(Math.abs(value - expected) < 1e-6, `${value}, not ${expected}`);
    });
  });

const small = { hidden: [8], pairing: "ot" };
const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run;
  } catch (error) {
    assert.instance(error, ModelError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
};

test("pairs need two rows in a batch", async () => {
  const model = buildFor(flowMatching, 2, { options: small });
  const message = await refusal(train(setUp(model, { batch: 1 })));
  assert.match(message, "expected batches of at least 2 rows to pair with noise, got 1");
});

test("pairs need conditions that occur twice", async () => {
  const model = buildFor(flowMatching, 2, { options: small }, { contextSize: 1 });
  const args = setUp(model);
  const condition = (count: number) => correlatedRows(count, 1, createRng("condition"));
  const context = {
    train: condition(args.train.count),
    validation: condition(args.validation.count),
  };
  assert.match(
    await refusal(train({ ...args, context })),
    "each of the 300 training rows has a condition of its own",
  );
  const labels = { ...context.train, values: context.train.values.map((v) => Math.sign(v)) };
  const result = await train({ ...args, context: { ...context, train: labels } });
  assert.is(result.status, "done");
});

test("validation rows are paired once, not at every evaluation, and a rest of one row is no error", async () => {
  const model = buildFor(flowMatching, 2, { options: small });
  const counts: number[] = [];
  const counting: Model = {
    ...model,
    prepare(batch, noise) {
      counts.push(batch.count);
      return model.prepare?.(batch, noise) ?? noise;
    },
  };
  const args = setUp(counting, { steps: 60, evaluateEvery: 20, batch: 50 });
  await train({ ...args, validation: correlatedRows(2049, 2, createRng("validation")) });
  assert.is(counts.filter((count) => count === 50).length, 60);
  assert.equal(
    counts.filter((count) => count !== 50),
    [2048, 1],
  );
});

test.run();
