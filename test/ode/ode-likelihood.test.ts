import { test } from "uvu";
import * as assert from "uvu/assert";

import { logisticCube } from "../../src/distributions/logistic-cube.ts";
import { tf } from "../../src/engine/index.ts";
import { klDecay } from "../../src/evaluation/kl-decay.ts";
import { evaluateLogProb, findLogProb, measureLogProb } from "../../src/evaluation/log-prob.ts";
import { sampleModel } from "../../src/evaluation/sample.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import { mean, standardError } from "../../src/math/statistics.ts";
import type { Conclusion, Model } from "../../src/model.ts";
import { concludeIntegration } from "../../src/ode/conclude-integration.ts";
import type { IntegrationOptions } from "../../src/ode/integration-options.ts";
import { applyTo, largest } from "../flows/helpers.ts";
import { FLOAT64, flowOf, integrating, linearVelocity } from "./flow-of.ts";
import { gaussianPath } from "./gaussian-path.ts";

const rademacher: Partial<IntegrationOptions> = {
  ...{ trace: "hutchinson", probe: "rademacher", rtol: 1e-9, atol: 1e-9 },
};
/** εᵀ A ε = tr A ± 1.2 for signs ε. */
const MATRIX = [0.5, 0.9, 0.3, -0.2];

/** The numbers to six digits, each once, in order. */
const distinct = (values: Float64Array): number[] =>
  [...new Set(Array.from(values, (value) => Number(value.toFixed(6)) + 0))].sort((a, b) => a - b);

test("each row has probes of its own, and log p is what they say", async () => {
  const model = flowOf(linearVelocity(MATRIX), { shape: [2], options: rademacher });
  const exact = flowOf(linearVelocity(MATRIX), {
    shape: [2],
    options: { rtol: 1e-9, atol: 1e-9 },
  });
  const rows = makeRows(createRng("probes").normals(80), [2]);
  const one = await evaluateLogProb({ model, rows, engine: FLOAT64 });
  const other = await evaluateLogProb({ model: exact, rows, engine: FLOAT64 });
  assert.equal(distinct(one.map((value, i) => value - (other[i] ?? NaN))), [-1.2, 1.2]);
  const again = await evaluateLogProb({ model, rows, engine: FLOAT64, batch: 80 });
  assert.ok(largest(one.map((value, i) => value - (again[i] ?? NaN))) < 1e-12, "not repeatable");
});

test("the sampler takes probes out of its noise, one set for each row", async () => {
  const model = flowOf(linearVelocity(MATRIX), { shape: [2], options: rademacher });
  assert.equal(model.sampler.noise, { size: 4, kind: "normal" });
  const exact = flowOf(linearVelocity(MATRIX), {
    shape: [2],
    options: { rtol: 1e-9, atol: 1e-9 },
  });
  const { rows, logProb = new Float64Array(0) } = await sampleModel({
    model,
    count: 60,
    rng: createRng("samples"),
    engine: FLOAT64,
  });
  const truth = await evaluateLogProb({ model: exact, rows, engine: FLOAT64 });
  assert.equal(distinct(logProb.map((value, i) => value - (truth[i] ?? NaN))), [-1.2, 1.2]);
});

test("the map has fixed probes, so that it is a function", async () => {
  const model = flowOf(linearVelocity(MATRIX), { shape: [2], options: rademacher });
  const [probes] = model.store.slots("constant");
  const [a = 0, b = 0] = probes?.values ?? [];
  const rows = makeRows(createRng("map").normals(20), [2]);
  const { logDet } = await applyTo(model.store, rows, (x) => {
    const encoded = model.bijection?.encode(x, { mode: "evaluate" });
    if (!encoded) throw new Error("no map");
    return { logDet: encoded.logDet };
  });
  // From 1 back to 0.
  assert.ok(largest(logDet.map((value) => value + 0.3 + 1.2 * a * b)) < 1e-8);
});

test("stages have probes of each row, those of log p, so that the KL's mean over rows is unbiased", async () => {
  const count = 400;
  const rows = makeRows(createRng("stages").normals(2 * count), [2]);
  const decay = async (options: Partial<IntegrationOptions>) => {
    const model = flowOf(linearVelocity(MATRIX), { shape: [2], options });
    const reference = { kind: "entropy", value: 0, stderr: 0 } as const;
    const [last] = ((await klDecay({ model, rows, reference, engine: FLOAT64 })) ?? []).slice(-1);
    return {
      kl: last?.kl ?? NaN,
      nll: -mean(await evaluateLogProb({ model, rows, engine: FLOAT64 })),
    };
  };
  const [estimate, exact] = [await decay(rademacher), await decay({ rtol: 1e-9, atol: 1e-9 })];
  // Each row is off by 1.2 up or down. One draw for all rows would leave the mean 1.2 off.
  assert.ok(Math.abs(estimate.kl - exact.kl) < (4 * 1.2) / Math.sqrt(count));
  assert.ok(Math.abs(estimate.kl - exact.kl) > 1e-6, "nothing was estimated");
  // Steps end at the times of the stages too, each within 1e-9.
  assert.ok(Math.abs(estimate.kl - estimate.nll) < 1e-7);
});

for (const probe of ["rademacher", "normal"] as const)
  test(`an estimate by ${probe} probes is right on average, for any base`, async () => {
    const path = gaussianPath(2);
    const uniform = flowOf(path.velocity, {
      shape: [2],
      base: { ...logisticCube(2), logProb: () => tf.zeros([2000]) },
      options: { trace: "hutchinson", probe, probes: 2 },
    });
    // A uniform number for each entry of a row and for a sign, two for a normal number.
    assert.is(uniform.sampler.noise.size, 2 + (probe === "normal" ? 8 : 4));
    const { rows, logProb = new Float64Array(0) } = await sampleModel({
      model: uniform,
      count: 2000,
      rng: createRng("any base"),
      engine: FLOAT64,
    });
    const estimate = await evaluateLogProb({ model: uniform, rows, engine: FLOAT64 });
    // Of an affine map, whatever the row: ½ Σ ln λ from the noise to the data.
    const truth = -0.5 * path.variances.reduce((sum, lambda) => sum + Math.log(lambda), 0);
    for (const values of [logProb, estimate])
      assert.ok(Math.abs(mean(values) - truth) < 4 * standardError(values), `${mean(values)}`);
  });

/** What the likelihood measures of rows and concludes. */
async function concluded(
  model: Model,
  rows: Rows,
): Promise<{ logProb: Float64Array; rows: Record<string, Float64Array>; conclusion: Conclusion }> {
  const measured = await measureLogProb({ model, rows, engine: FLOAT64 });
  const conclusion = findLogProb(model).conclude?.(measured.rows) ?? {};
  return { logProb: measured.logProb, rows: { ...measured.rows }, conclusion };
}

/** dx/dt = x², x(t) = x₀ / (1 − x₀ t): infinite at t = 1 / x₀. */
const exploding = (options: Partial<IntegrationOptions>): Model =>
  flowOf((_, x) => tf.square(x), { shape: [1], times: { data: 0, noise: 1 }, options });

test("rows that blow up are counted, with the time they reached; the others keep their log p", async () => {
  const starts = [0.5, 2, -1, 4];
  const { logProb, rows, conclusion } = await concluded(
    exploding({ rtol: 1e-8, atol: 1e-8 }),
    makeRows(Float64Array.from(starts), [1]),
  );
  // x₁ = x₀ / (1 − x₀) with the slope 1 / (1 − x₀)².
  const truth = (x: number): number =>
    -0.5 * (x / (1 - x)) ** 2 - 0.5 * Math.log(2 * Math.PI) - 2 * Math.log(Math.abs(1 - x));
  assert.equal(
    logProb.map((value, i) => +(Math.abs(value - truth(starts[i] ?? 0)) < 1e-6)),
    Float64Array.from([1, 0, 1, 0]),
  );
  assert.equal(logProb.map(Number.isNaN as (x: number) => never), Float64Array.from([0, 1, 0, 1]));
  assert.ok(Math.abs((rows["reached"]?.[1] ?? NaN) - 0.5) < 1e-3);
  assert.ok(Math.abs((rows["reached"]?.[3] ?? NaN) - 0.25) < 1e-3);
  assert.match(conclusion.failure ?? "", /^test: 2 of 4 rows have no finite log p: .*t = 0\.25 on/);
  assert.match(conclusion.failure ?? "", /training\.clip/);
});

test("a budget that ends is a failure that says how large it was, how far it led and what to do", async () => {
  const path = gaussianPath(2);
  const model = flowOf(path.velocity, { shape: [2], options: { rtol: 1e-10, maxSteps: 4 } });
  const { logProb, conclusion } = await concluded(model, path.draw(5));
  assert.ok(logProb.every(Number.isNaN));
  assert.match(
    conclusion.failure ?? "",
    /^test: 5 of 5 rows .* budget of 4 steps \(26 evaluations\) ended at t = 0\.\d+ .* raise family\.maxSteps/,
  );
});

test("fixed steps through a blow-up are a failure that names them", async () => {
  const rows = makeRows(Float64Array.from([0.5, 3]), [1]);
  const { conclusion } = await concluded(exploding({ solver: "rk4", solverSteps: 30 }), rows);
  assert.match(
    conclusion.failure ?? "",
    /^test: 1 of 2 rows .* rk4 in 30 steps; raise family\.solverSteps/,
  );
});

test("evaluations become a metric and, with their mean and largest, part of the provenance", async () => {
  const path = gaussianPath(2);
  const { rows, conclusion } = await concluded(flowOf(path.velocity, { shape: [2] }), path.draw(9));
  const evaluations = rows["evaluations"] ?? new Float64Array(0);
  assert.is(conclusion.failure, undefined);
  assert.equal(conclusion.metrics, { nfe: { values: evaluations, unit: "evaluations" } });
  assert.equal(conclusion.details, {
    nfe: { mean: mean(evaluations), max: Math.max(...evaluations) },
  });
  assert.ok(mean(evaluations) > 20 && mean(evaluations) < 200);
  const looser = flowOf(path.velocity, { shape: [2], options: { rtol: 1e-3, atol: 1e-3 } });
  const fewer = (await concluded(looser, path.draw(9))).rows["evaluations"] ?? evaluations;
  assert.ok(mean(fewer) < 0.7 * mean(evaluations));
});

test("the provenance says how the integral was taken, and the check how its own was", () => {
  const velocity = linearVelocity(MATRIX);
  const of = (options: Partial<IntegrationOptions>) => {
    const { provenance, check, noise } = findLogProb(flowOf(velocity, { shape: [2], options }));
    return { provenance, rows: check?.rows, details: check?.details, noise };
  };
  assert.equal(of({ rtol: 2 ** -17, atol: 2 ** -20, solver: "tsit5" }), {
    provenance: { kind: "ode", trace: "exact", solver: "tsit5", rtol: 2 ** -17, atol: 2 ** -20 },
    rows: 500,
    details: { rtol: 2 ** -17 / 10, atol: 2 ** -20 / 10 },
    noise: undefined,
  });
  assert.equal(of({ solver: "rk4", solverSteps: 20, trace: "hutchinson", probes: 3 }), {
    provenance: {
      ...{ kind: "ode", trace: "hutchinson-rademacher", draws: 3 },
      ...{ solver: "rk4", solverSteps: 20 },
    },
    rows: 500,
    details: { solverSteps: 40 },
    noise: { probes: { shape: [3, 2], kind: "rademacher" } },
  });
});

test("a spent budget is told from a step that cannot be small enough, whatever a step costs", () => {
  const times = { data: 0, noise: 1 };
  // Heun's method takes 2 evaluations per step, dopri5 its 7 stages less the one that the next step begins with.
  for (const [solver, perStep] of [
    ["heun", 2],
    ["dopri5", 6],
  ] as const)
    for (const [tries, words] of [
      [100, "the budget of 100 steps"],
      [60, "no step is small enough after t = 0.5"],
    ] as const) {
      const { failure = "" } = concludeIntegration(
        { name: "test", times, options: integrating({ solver, maxSteps: 100 }) },
        {
          evaluations: Float64Array.of(tries * perStep + 2),
          reached: Float64Array.of(0.5),
          finished: Float64Array.of(0),
        },
      );
      assert.match(failure, words);
    }
});

test("a row that gets to the end but is too far out for float32 is no fault of the training alone", () => {
  const { failure = "" } = concludeIntegration(
    { name: "test", times: { data: 0, noise: 1 }, options: integrating({}) },
    {
      evaluations: Float64Array.of(20),
      reached: Float64Array.of(1),
      finished: Float64Array.of(0),
    },
  );
  assert.match(failure, /though they reached t = 1: .*outliers.*evaluation\.precision=float64/);
});

test("an exact divergence in many dimensions takes few rows at a time, since each is copied", () => {
  const still = (dim: number, options: Partial<IntegrationOptions>): unknown =>
    findLogProb(flowOf((_, x) => x, { shape: [dim], options })).heaviest;
  assert.equal(still(40, { trace: "exact" }), [40, 40]);
  assert.is(still(40, { trace: "hutchinson" }), undefined);
  // A reverse pass for each column needs no copies.
  assert.is(still(4, { trace: "exact" }), undefined);
});

test.run();
