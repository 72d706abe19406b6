import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor, perturb } from "../../src/contract/subject.ts";
import { gridAround } from "../../src/contract/grid.ts";
import { evaluateLogProb, measureLogProb } from "../../src/evaluation/log-prob.ts";
import { overRows } from "../../src/evaluation/over-rows.ts";
import { sampleModel } from "../../src/evaluation/sample.ts";
import { freeForm } from "../../src/freeform/free-form.ts";
import { createRng } from "../../src/math/rng.ts";
import { mean } from "../../src/math/statistics.ts";
import type { Rows } from "../../src/math/rows.ts";
import { ModelError, type Model } from "../../src/model.ts";
import { networks } from "../../src/nn/networks.ts";
import { defaultsOf } from "../../src/options.ts";
import { train } from "../../src/training/train.ts";
import { options as training } from "../training/helpers.ts";
import { saying } from "../saying.ts";

const check = (changes: Readonly<Record<string, unknown>>): void =>
  freeForm.checkOptions?.({ ...defaultsOf(freeForm.options), ...changes });
const modelOf = (changes: Readonly<Record<string, unknown>> = {}, dim = 2): Model =>
  buildFor(freeForm, dim, { options: { network: "mlp", hidden: [24, 24], ...changes } });

/** A bent band: x1 ~ N(0, 1), x2 = ½ x1² + 0.3 ε. */
function bent(count: number, seed: string): Rows {
  const e = createRng(seed).normals(2 * count);
  const values = e.map((v, k) => (k % 2 === 0 ? v : 0.5 * (e[k - 1] ?? 0) ** 2 + 0.3 * v));
  return { count, shape: [2], values };
}
/** Its entropy: that of two normals, plus ln 0.3. */
const ENTROPY = 1 + Math.log(2 * Math.PI) + Math.log(0.3);

async function trained(beta: number): Promise<Model> {
  const model = modelOf({ beta });
  const result = await train({
    model,
    train: bent(2000, "train"),
    validation: bent(200, "validation"),
    options: training({ steps: 600, batch: 128, learningRate: 5e-3, clip: 1, evaluateEvery: 200 }),
    rng: createRng(1),
  });
  assert.is(result.status, "done");
  return model;
}

test("trained, both likelihoods come near the entropy, and a small beta shows in the reconstruction", async () => {
  const rows = bent(500, "test");
  const measure = async (beta: number) => {
    const model = await trained(beta);
    const { logProb, rows: numbers } = await measureLogProb({ model, rows });
    const { details = {}, metrics = {} } = model.logProb[0]?.conclude?.(numbers) ?? {};
    const encoder = await evaluateLogProb({ model, rows, name: "encoder" });
    return {
      ...{ model, aboveBound: Number(details["aboveBound"]) },
      excess: -mean(logProb) - ENTROPY,
      encoderExcess: -mean(encoder) - ENTROPY,
      reconstruction: mean(metrics["reconstruction"]?.values ?? []),
    };
  };
  const [good, bad] = [await measure(100), await measure(0.1)];
  const { rows: draws } = await sampleModel({
    ...{ model: good.model, count: 2000, rng: createRng(5) },
  });
  const grid = gridAround(draws, 2);
  const density = await evaluateLogProb({ model: good.model, rows: grid.rows });
  const integral = density.reduce((sum, value) => sum + Math.exp(value) * grid.cell, 0);
  console.log(
    `free-form, beta 100: integral of the decoder's density ${integral.toFixed(4)}, NLL − entropy ` +
      `${good.excess.toFixed(3)} (encoder's ${good.encoderExcess.toFixed(3)}), reconstruction ` +
      `${good.reconstruction.toExponential(1)}; beta 0.1: ${bad.reconstruction.toExponential(1)}`,
  );
  // A short training; 500 rows tell the excess to 0.04.
  for (const excess of [good.excess, good.encoderExcess])
    assert.ok(excess > -0.15 && excess < 0.3, `${excess}`);
  assert.ok(good.reconstruction < 0.01, `${good.reconstruction}`);
  assert.ok(bad.reconstruction > 10 * good.reconstruction, `${bad.reconstruction}`);
  assert.ok(bad.aboveBound > good.aboveBound + 0.2, `${bad.aboveBound}`);
});

test("the sampler's log p is that of z less the decoder's log-determinant, whatever the temperature", async () => {
  const model = perturb(modelOf(), createRng("away"), 0.2);
  const [count, engine] = [5, { engine: "cpu", precision: "float64" }] as const;
  for (const temperature of [1, 0.5]) {
    const drawn = await sampleModel({ model, count, rng: createRng(2), temperature, engine });
    const z = createRng(2)
      .normals(2 * count)
      .map((value) => temperature * value);
    // The contract compares the bijection's log-determinants with slogdet.
    const { logDet } = await overRows({
      ...{ label: "decode", store: model.store, engine, batch: count },
      rows: { count, shape: [2], values: z },
      body: (rows, call) => ({ logDet: model.bijection?.decode(rows, call).logDet ?? rows }),
    });
    assert.ok(logDet.some((value) => Math.abs(value) > 0.1));
    for (let i = 0; i < count; i++) {
      const square = (z[2 * i] ?? NaN) ** 2 + (z[2 * i + 1] ?? NaN) ** 2;
      const expected = -0.5 * square - Math.log(2 * Math.PI) - (logDet[i] ?? NaN);
      assert.ok(Math.abs(expected - (drawn.logProb?.[i] ?? NaN)) < 1e-12);
    }
  }
});

test("an activation that is not smooth is refused, and the message says why", () => {
  for (const activation of ["relu", "elu"])
    assert.throws(
      () => {
        check({ activation });
      },
      (error: unknown) =>
        error instanceof ModelError &&
        error.message.includes(`expected a smooth activation, got ${activation}`) &&
        error.message.includes("second derivative") &&
        error.message.includes("silu"),
    );
  check({ activation: "softplus" });
});

test("other options that cannot work are refused before a run, or where the rows are known", () => {
  assert.not(freeForm.options["beta"]?.accepts(-1));
  const unequal = saying("hidden widths that are all equal");
  assert.throws(() => {
    check({ network: "residual", hidden: [64, 32] });
  }, unequal);
  check({ network: "mlp", hidden: [64, 32] });
  // Where the rows choose the network, they say whether widths may differ.
  const automatic = { network: "auto", hidden: [6, 4] };
  check(automatic);
  assert.throws(() => modelOf(automatic), unequal);
  const options = { ...defaultsOf(freeForm.options), ...automatic };
  freeForm.build({ options, shape: [4, 4, 1], contextSize: 0, rng: createRng(1) });
  assert.throws(
    () => modelOf({ probes: 3 }),
    saying("at most as many probes as dimensions, 2, got 3"),
  );
  assert.is(modelOf({ probes: 2 }).noise?.["probes"]?.shape(8).join(), "8,2,2");
});

test("networks that plugins add are words of the option, and make both maps", () => {
  const built: string[] = [];
  networks.add(
    "test-network",
    (store, shape, options, rng) => {
      built.push(`${shape.inputs} to ${shape.outputs}, ${shape.contextSize}`);
      return networks.get("mlp")(store, shape, options, rng);
    },
    "test",
  );
  assert.ok(freeForm.options["network"]?.accepts("test-network"));
  modelOf({ network: "test-network" }, 5);
  assert.equal(built, ["5 to 5, 0", "5 to 5, 0"]);
});

test.run();
