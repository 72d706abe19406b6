import { test } from "uvu";
import * as assert from "uvu/assert";

import type { Base } from "../../src/distributions/base.ts";
import { realTensor } from "../../src/distributions/real.ts";
import { createStore, tf } from "../../src/engine/index.ts";
import { measureLogProb } from "../../src/evaluation/log-prob.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import type { Model } from "../../src/model.ts";
import { diffusionModel } from "../../src/ode/diffusion-model.ts";
import { diffusionOptions, type DiffusionOptions } from "../../src/ode/diffusion-options.ts";
import { pathOf } from "../../src/ode/sde/path.ts";
import { priorMismatch } from "../../src/ode/sde/prior-mismatch.ts";
import { sdeOf } from "../../src/ode/sde/sde-options.ts";
import type { Sde } from "../../src/ode/sde/sde.ts";
import { defaultsOf } from "../../src/options.ts";
import { initialiseModel } from "../../src/training/initialise.ts";
import { applyTo } from "../flows/helpers.ts";
import { EIGENVALUES, gaussianNetwork, MEAN, ROTATION } from "./gaussian-denoiser.ts";

const FLOAT64 = { engine: "cpu", precision: "float64" } as const;
/** rtol and atol; the bounds below are ten times as much, since errors of the steps add up. */
const TOLERANCE = 1e-9;
const SDES = ["vp", "sub-vp", "ve"] as const;

const optionsFor = (changes: Partial<DiffusionOptions>): DiffusionOptions => ({
  ...defaultsOf(diffusionOptions),
  ...{ rtol: TOLERANCE, atol: TOLERANCE },
  ...changes,
});

/** The diffusion whose network knows the score of the Gaussian, with a prior of its own or another. */
function exactModel(changes: Partial<DiffusionOptions>, exactEnd = false): Model {
  const options = optionsFor(changes);
  const sde = sdeOf(options);
  return diffusionModel({
    ...{ store: createStore(), shape: [2], contextSize: 0, options },
    network: gaussianNetwork(pathOf(sde, options.epsilon), options.parameterisation),
    ...(exactEnd && { base: marginalBase(sde, options.epsilon) }),
  });
}

/** Rᵀ x. */
const rotated = ([x = 0, y = 0]: Iterable<number>): readonly [number, number] => [
  ROTATION[0] * x + ROTATION[2] * y,
  ROTATION[1] * x + ROTATION[3] * y,
];
const CENTRE = rotated(MEAN);

/** Variance α² λ + σ² along an axis of the Gaussian at time t. */
const varianceAt = (sde: Sde, t: number, axis: number): number =>
  sde.scale(t) ** 2 * (EIGENVALUES[axis] ?? NaN) + sde.deviation(t) ** 2;

/** ln N(x; α m, α² Σ + σ² I) at time t. */
const logMarginal = (sde: Sde, t: number, x: Iterable<number>): number =>
  rotated(x).reduce((sum, value, axis) => {
    const variance = varianceAt(sde, t, axis);
    const away = value - sde.scale(t) * (CENTRE[axis] ?? NaN);
    return sum - 0.5 * (away ** 2 / variance + Math.log(2 * Math.PI * variance));
  }, 0);

/** The Gaussian's marginal at t = 1 in the units of the latent rows, those at t = 1 times c_ε/c₁. */
function marginalBase(sde: Sde, epsilon: number): Base {
  const path = pathOf(sde, epsilon);
  const unit = path.spread(epsilon) / path.spread(1);
  const variances = [0, 1].map((axis) => unit ** 2 * varianceAt(sde, 1, axis));
  const constant = variances.reduce((sum, v) => sum - 0.5 * Math.log(2 * Math.PI * v), 0);
  return {
    dim: 2,
    noise: { size: 2, kind: "normal" },
    logProb(z) {
      const centre = realTensor(
        CENTRE.map((m) => unit * sde.scale(1) * m),
        [1, 2],
      );
      const away = tf.sub(tf.matMul(z, realTensor(ROTATION, [2, 2])), centre);
      const weights = realTensor(
        variances.map((v) => -0.5 / v),
        [1, 2],
      );
      return tf.add(tf.sum(tf.mul(tf.square(away), weights), 1), realTensor([constant], []));
    },
    sample: (noise) => noise,
  };
}

const rows: Rows = makeRows(createRng("rows").normals(24), [2]);
const rowAt = (x: Rows, i: number): Float64Array => x.values.subarray(2 * i, 2 * i + 2);
const logProbOf = async (model: Model, x: Rows): Promise<Float64Array> =>
  (await measureLogProb({ model, rows: x, engine: FLOAT64 })).logProb;

for (const sde of SDES)
  for (const parameterisation of ["v", "epsilon", "score"] as const)
    test(`${sde}, ${parameterisation}: with the exact score and end density, log p is that of the Gaussian at t = ε`, async () => {
      const changes = { sde, parameterisation };
      const found = await logProbOf(exactModel(changes, true), rows);
      const closed = sdeOf(optionsFor(changes));
      found.forEach((logProb, i) => {
        const expected = logMarginal(closed, 1e-5, rowAt(rows, i));
        assert.ok(
          Math.abs(logProb - expected) < 10 * TOLERANCE * Math.max(1, Math.abs(expected)),
          `row ${i}: ${logProb}, expected ${expected}`,
        );
      });
    });

for (const name of SDES)
  test(`${name}: the ODE carries each axis of a Gaussian by the ratio of its deviations`, async () => {
    const options = optionsFor({ sde: name });
    const [sde, model] = [sdeOf(options), exactModel({ sde: name })];
    const path = pathOf(sde, options.epsilon);
    const { z, back } = await applyTo(model.store, rows, (x) => {
      const { bijection } = model;
      if (!bijection) throw new Error("no map");
      const { z: latent } = bijection.encode(x, { mode: "evaluate" });
      return { z: latent, back: bijection.decode(latent, { mode: "evaluate" }).x };
    });
    for (let i = 0; i < rows.count; i++) {
      const latent = rotated(z.subarray(2 * i, 2 * i + 2));
      rotated(rowAt(rows, i)).forEach((value, axis) => {
        const ratio = Math.sqrt(varianceAt(sde, 1, axis) / varianceAt(sde, 1e-5, axis));
        const [m, first, last] = [CENTRE[axis] ?? NaN, sde.scale(1e-5), sde.scale(1)];
        const expected = last * m + ratio * (value - first * m);
        const scaled = ((latent[axis] ?? NaN) * path.spread(1)) / path.spread(1e-5);
        // The rows of VE are 50 times as wide as what was integrated.
        assert.ok(Math.abs(scaled - expected) < 10 * TOLERANCE * path.spread(1));
      });
    }
    back.forEach((value, k) => {
      assert.ok(Math.abs(value - (rows.values[k] ?? NaN)) < 10 * TOLERANCE);
    });
  });

test("with the prior as end density, the exact score's NLL exceeds the entropy by the mismatch", async () => {
  for (const sde of SDES) {
    // Less noise than usual, so that the mismatch is far above the solver's tolerance.
    const changes = { sde, betaMax: 3, sigmaMax: 5 };
    const closed = sdeOf(optionsFor(changes));
    // Points ±√2 e_i give the mean of polynomials of degree 2 exactly, and log q − log p is one of the Gaussian's rows.
    const points = [0, 1].flatMap((axis) =>
      [-1, 1].map((side) => {
        const along = side * Math.sqrt(2 * varianceAt(closed, 1e-5, axis));
        return MEAN.map((m, j) => closed.scale(1e-5) * m + along * (ROTATION[2 * j + axis] ?? NaN));
      }),
    );
    const at = makeRows(Float64Array.from(points.flat()), [2]);
    const found = await logProbOf(exactModel(changes), at);
    const lost = found.reduce(
      (sum, logProb, i) => sum + (logMarginal(closed, 1e-5, rowAt(at, i)) - logProb) / 4,
      0,
    );
    const aligned = priorMismatch(closed, {
      mean: Float64Array.from(CENTRE),
      variance: Float64Array.from(EIGENVALUES),
    });
    assert.ok(lost > 1e-3, `${sde}: nothing lost`);
    assert.ok(Math.abs(lost - aligned.atLeast) < 10 * TOLERANCE, `${sde}: ${lost}`);
    assert.ok(lost < aligned.atMost);
  }
});

test("the provenance names ε and what it does, and the mismatch by the training rows' moments", async () => {
  const model = exactModel({ sde: "vp" });
  const [likelihood] = model.logProb;
  assert.equal(likelihood?.conclude?.({}).details?.["priorMismatch"], undefined);
  const train = makeRows(Float64Array.of(1, 2, 3, 6), [2]);
  await initialiseModel({ model, train, engine: FLOAT64 }, createRng(1));
  const sde = sdeOf(optionsFor({}));
  assert.equal(
    likelihood?.conclude?.({}).details?.["priorMismatch"],
    priorMismatch(sde, { mean: Float64Array.of(2, 4), variance: Float64Array.of(1, 4) }),
  );
  const provenance = (likelihood?.provenance ?? {}) as Record<string, unknown>;
  assert.is(provenance["kind"], "ode");
  assert.is(provenance["sde"], "vp");
  assert.is(provenance["epsilon"], 1e-5);
  assert.is(provenance["deviationAtEpsilon"], sde.deviation(1e-5));
  assert.is(provenance["scaleAtEpsilon"], sde.scale(1e-5));
});

test.run();
