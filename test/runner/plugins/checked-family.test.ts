import { test } from "uvu";
import * as assert from "uvu/assert";
import { createStore, tf, type Tensor } from "../../../src/engine/index.ts";
import { evaluateLogProb } from "../../../src/evaluation/log-prob.ts";
import { sampleModel } from "../../../src/evaluation/sample.ts";
import { standardNormal } from "../../../src/distributions/standard-normal.ts";
import { flowModel } from "../../../src/flows/flow-model.ts";
import { createRng } from "../../../src/math/rng.ts";
import { defineFamily, ModelError, type Model } from "../../../src/model.ts";
import { checkedFamily } from "../../../src/runner/plugins/checked-family.ts";

/** A model of two columns with one layer that shifts; parts of it replaced. */
function modelWith(change: (model: Model) => unknown): () => Model {
  const family = checkedFamily(
    defineFamily({
      name: "odd",
      summary: "",
      paper: "",
      options: {},
      supports: { tabular: true, image: false, conditional: false, minDim: 1 },
      build() {
        const store = createStore();
        const shift = store.variable("shift", [1, 2], [1, 2]);
        const logDet = (x: Tensor): Tensor => tf.zeros([x.shape[0]]);
        const layer = {
          encode: (x: Tensor) => ({ z: tf.add(x, shift.read()), logDet: logDet(x) }),
          decode: (z: Tensor) => ({ x: tf.sub(z, shift.read()), logDet: logDet(z) }),
        };
        return change(flowModel({ store, layers: [layer], base: standardNormal(2) })) as Model;
      },
    }),
  );
  return () => family.build({ options: {}, shape: [2], contextSize: 0, rng: createRng(1) });
}

const rows = { count: 3, shape: [2], values: createRng(2).normals(6) };
const engine = { engine: "tfjs-cpu" } as const;

/** The message that the model is refused with. */
async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    assert.instance(error, ModelError);
    return (error as Error).message;
  }
  throw new Error("it is accepted");
}

test("a sound model gives the numbers it gave before", async () => {
  const model = modelWith((it) => it)();
  const logProb = await evaluateLogProb({ model, rows, engine });
  // log N(x + (1, 2)), in float32.
  for (let i = 0; i < 3; i++) {
    const [a, b] = [(rows.values[2 * i] ?? 0) + 1, (rows.values[2 * i + 1] ?? 0) + 2];
    const expected = -0.5 * (a * a + b * b) - Math.log(2 * Math.PI);
    assert.ok(Math.abs((logProb[i] ?? NaN) - expected) < 1e-5);
  }
});

test("a model without a part, or for other rows, is refused when it is built", async () => {
  const without = (part: string) =>
    modelWith((model) => Object.fromEntries(Object.entries(model).filter(([k]) => k !== part)));
  assert.match(await refusal(modelWith(() => undefined)), /family "odd": build: expected a model/);
  assert.match(await refusal(without("store")), /has no store/);
  assert.match(await refusal(without("sampler")), /has no sampler/);
  assert.match(await refusal(without("logProb")), /has no logProb/);
  assert.match(await refusal(without("loss")), /neither a loss nor a fit/);
  assert.match(await refusal(without("monitor")), /expected "nll" or "loss"/);
  assert.match(
    await refusal(modelWith((model) => ({ ...model, shape: [3] }))),
    /rows have shape \[3\], the data's have \[2\]/,
  );
});

test("wrong shapes are refused with the function that gives them", async () => {
  const scalar = modelWith((model) => ({
    ...model,
    logProb: [{ name: "", provenance: { kind: "exact" }, value: (x: Tensor) => tf.sum(x) }],
  }));
  assert.match(
    await refusal(() => evaluateLogProb({ model: scalar(), rows, engine })),
    /family "odd": logProb: expected a tensor of shape \[3\], got \[\]/,
  );
  const column = modelWith((model) => ({
    ...model,
    bijection: {
      ...model.bijection,
      encode: (x: Tensor) => ({ z: x, logDet: tf.zeros([x.shape[0], 1]) }),
    },
  }))();
  const x = tf.zeros([3, 2]);
  assert.match(
    await refusal(() => column.bijection?.encode(x, { mode: "evaluate" })),
    /encode, logDet: expected a tensor of shape \[3\], got \[3, 1\]/,
  );
  const narrow = modelWith((model) => ({
    ...model,
    sampler: { ...model.sampler, sample: (noise: Tensor) => ({ x: tf.sum(noise, 1) }) },
  }))();
  assert.match(
    await refusal(() => sampleModel({ model: narrow, count: 4, rng: createRng(1), engine })),
    /sample, x: expected a tensor of shape \[\d+, 2\], got \[\d+\]/,
  );
  const many = modelWith((model) => ({ ...model, loss: () => ({ loss: tf.zeros([3]) }) }))();
  const step = tf.scalar(0);
  assert.match(
    await refusal(() => many.loss?.({ batch: x, noise: {}, step, mode: "train" })),
    /loss: expected a tensor of shape \[\], got \[3\]/,
  );
});

test("what its functions throw is refused with the family and the place, without a stack", async () => {
  const value = (x: Tensor): Tensor => tf.reshape(x, [7]);
  const broken = modelWith((model) => ({
    ...model,
    logProb: [{ name: "", provenance: { kind: "exact" }, value }],
  }));
  const message = await refusal(() => evaluateLogProb({ model: broken(), rows, engine }));
  assert.match(message, /family "odd": Size\(6\) must match the product of shape 7/);
  assert.match(message, /\n {4}at .*checked-family\.test\.ts:\d+:\d+\)?$/);
  const throwing = modelWith(() => {
    throw new TypeError("oops");
  });
  assert.match(await refusal(throwing), /family "odd": oops\n {4}at /);
});

test.run();
