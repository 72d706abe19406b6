import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Store, type Tensor } from "../../src/engine/index.ts";
import { compile } from "../../src/engine/index.ts";
import { bindSlots, slotSpecs, slotValues } from "../../src/evaluation/slots.ts";
import { gaussLegendre } from "../../src/math/gauss-legendre.ts";
import { createRng } from "../../src/math/rng.ts";
import { standardError } from "../../src/math/statistics.ts";
import { denoisingLoss, type LossOptions } from "../../src/ode/denoising-loss.ts";
import type { Denoiser, Parameterisation } from "../../src/ode/parameterisation.ts";
import { pathOf } from "../../src/ode/sde/path.ts";
import { subVp } from "../../src/ode/sde/sub-vp.ts";
import { ve } from "../../src/ode/sde/ve.ts";
import { vp } from "../../src/ode/sde/vp.ts";
import { EIGENVALUES, gaussianNetwork, MEAN, ROTATION } from "./gaussian-denoiser.ts";

const betas = { betaMin: 0.1, betaMax: 20 };
const sdes = { vp: vp(betas), "sub-vp": subVp(betas), ve: ve({ sigmaMin: 0.01, sigmaMax: 50 }) };
const parameterisations: readonly Parameterisation[] = ["epsilon", "score", "v"];
const choices: readonly LossOptions[] = [
  { weighting: "likelihood", times: "importance" },
  { weighting: "likelihood", times: "uniform" },
  { weighting: "uniform", times: "uniform" },
];

/**
 * Points ±2 e_i of the standard normal in four dimensions, which stand for the data (by R √λ) and the noise: their mean
 * of any polynomial of degree 2 is the normal's, exactly.
 */
const POINTS = Array.from({ length: 8 }, (_, i) =>
  Array.from({ length: 4 }, (_, j) => (Math.floor(i / 2) === j ? (i % 2 === 0 ? 2 : -2) : 0)),
);
const dataOf = ([a = 0, b = 0]: readonly number[]): readonly number[] => {
  const [u, v] = [a * Math.sqrt(EIGENVALUES[0]), b * Math.sqrt(EIGENVALUES[1])];
  const [r, s, t, w] = ROTATION;
  return [MEAN[0] + r * u + s * v, MEAN[1] + t * u + w * v];
};

interface Draws {
  readonly batch: readonly number[];
  readonly normal: readonly number[];
  /** Place of each row's time in [0, 1). */
  readonly places: readonly number[];
}

/** Each place with all points. */
const atPlaces = (places: readonly number[]): Draws => ({
  batch: places.flatMap(() => POINTS.flatMap(dataOf)),
  normal: places.flatMap(() => POINTS.flatMap((point) => point.slice(2))),
  places: places.flatMap((place) => POINTS.map(() => place)),
});

/** Losses of the rows, and the gradient of their mean towards the store's variables. */
async function evaluate(
  denoiser: Denoiser,
  options: LossOptions,
  store: Store,
  { batch, normal, places }: Draws,
): Promise<Record<string, Float64Array>> {
  const count = places.length;
  const slots = store.slots("variable");
  const program = await compile(
    {
      label: "loss",
      inputs: {
        batch: { shape: [count, 2] },
        normal: { shape: [count, 2] },
        uniform: { shape: [count, 1] },
      },
      state: slotSpecs(slots),
      body: (tensors) => {
        const rows = tensors as Record<"batch" | "normal" | "uniform", Tensor>;
        const losses = (): Tensor =>
          bindSlots(store, tensors, () => denoisingLoss(denoiser, options, rows, { mode: "train" }))
            .result;
        if (slots.length === 0) return { outputs: { losses: losses() } };
        const { grads } = tf.valueAndGrads((...values: Tensor[]) => {
          slots.forEach(({ name }, i) => (tensors[`slot/${name}`] = values[i] as Tensor));
          return tf.mean(losses());
        })(slots.map(({ name }) => tensors[`slot/${name}`] as Tensor));
        return {
          outputs: Object.fromEntries(slots.map(({ name }, i) => [name, grads[i] as Tensor])),
        };
      },
    },
    { engine: "cpu", precision: "float64" },
  );
  program.set(slotValues(slots));
  // The loss puts row i into the stratum i of the batch; the numbers that bring it to its place need not be in [0, 1).
  const uniform = places.map((place, i) => place * count - i);
  const found = await program.run({
    batch: Float64Array.from(batch),
    normal: Float64Array.from(normal),
    uniform: Float64Array.from(uniform),
  });
  await program.dispose();
  return found as Record<string, Float64Array>;
}

for (const [name, sde] of Object.entries(sdes))
  for (const parameterisation of parameterisations)
    test(`${name}, ${parameterisation}: the expected loss is least at the score, however it is weighted`, async () => {
      const path = pathOf(sde, 1e-5);
      for (const options of choices) {
        const gradients = async (at: number): Promise<number> => {
          const store = createStore();
          const shift = store.variable("shift", [1, 2], [at, -at]);
          const bend = store.variable("bend", [4, 2], new Float64Array(8).fill(at));
          const exact = gaussianNetwork(path, parameterisation);
          const network: typeof exact = (clock, x, call) => {
            const features = tf.concat([x, tf.mul(clock, x)], 1);
            const added = tf.add(tf.matMul(features, bend.read()), shift.read());
            return tf.add(exact(clock, x, call), added);
          };
          const denoiser = { path, network, parameterisation };
          const found = await evaluate(denoiser, options, store, atPlaces([0, 0.2, 0.5, 0.9, 1]));
          return Math.max(
            ...["shift", "bend"].flatMap((slot) => [...(found[slot] ?? [NaN])].map(Math.abs)),
          );
        };
        const away = await gradients(0.1);
        const least = await gradients(0);
        // Round-off of sums whose terms are as large as the gradient elsewhere, up to 1e6 with likelihood weights at ε.
        assert.ok(
          least < 1e-10 * away,
          `${options.weighting}, ${options.times}: ${least}, away from it ${away}`,
        );
        assert.ok(away > 0.01);
      }
    });

const none = new Float64Array(0);

/** Nodes on [0, 1] that see the 1/t of the likelihood's weights. */
const quadrature = gaussLegendre(0, 1, 60);
const zero: Denoiser["network"] = (_, x) => tf.mul(x, 0);

test("importance-sampled times leave the expected loss and lower its variance", async () => {
  // The integrals over times are by quadrature, which wants an ε that is not too near the pole at t = 0.
  for (const sde of Object.values(sdes)) {
    const denoiser: Denoiser = {
      path: pathOf(sde, 0.01),
      network: zero,
      parameterisation: "epsilon",
    };
    const expected = async (times: LossOptions["times"]): Promise<number> => {
      const draws = atPlaces([...quadrature.nodes]);
      const options = { weighting: "likelihood", times } as const;
      const { losses } = await evaluate(denoiser, options, createStore(), draws);
      return (losses ?? none).reduce(
        (sum, loss, i) => sum + ((quadrature.weights[Math.floor(i / 8)] ?? 0) * loss) / 8,
        0,
      );
    };
    const [uniform, importance] = [await expected("uniform"), await expected("importance")];
    // n̂ = 0 misses n by E‖n‖² = 2: the loss is ½ · 2 · ∫ g²/σ² dt = 2 · length.
    assert.ok(Math.abs(importance - 2 * denoiser.path.length) < 1e-10);
    assert.ok(Math.abs(uniform - importance) < 1e-8 * importance, `${uniform}, ${importance}`);
  }
  const rng = createRng("variance");
  const count = 2000;
  const rows: Draws = {
    batch: [...rng.normals(2 * count)],
    normal: [...rng.normals(2 * count)],
    places: [...rng.uniforms(count)],
  };
  const denoiser: Denoiser = {
    path: pathOf(sdes.vp, 1e-5),
    network: zero,
    parameterisation: "epsilon",
  };
  const deviation = async (times: LossOptions["times"]): Promise<number> => {
    const options = { weighting: "likelihood", times } as const;
    return standardError(
      (await evaluate(denoiser, options, createStore(), rows))["losses"] ?? none,
    );
  };
  // The weight of uniform times goes up to 1e5 at ε.
  const [uniform, importance] = [await deviation("uniform"), await deviation("importance")];
  assert.ok(importance < uniform / 3, `${importance} beside ${uniform}`);
});

test("each row of a batch has a time in a part of its own", async () => {
  const path = pathOf(sdes.vp, 1e-5);
  // The network gives the clock away: n = 0 and x₀ = 0 leave its square, times the weight.
  const network: Denoiser["network"] = (clock) => tf.concat([clock, tf.mul(clock, 0)], 1);
  const denoiser: Denoiser = { path, network, parameterisation: "epsilon" };
  const count = 10;
  const drawn = createRng(3).uniforms(count);
  const { losses } = await evaluate(
    denoiser,
    { weighting: "likelihood", times: "importance" },
    createStore(),
    {
      batch: Array<number>(2 * count).fill(0),
      normal: Array<number>(2 * count).fill(0),
      places: [...drawn].map((u, i) => (i + u) / count),
    },
  );
  [...(losses ?? [])].forEach((loss, i) => {
    const clock = Math.sqrt(loss / path.length);
    assert.ok(clock >= i / count && clock < (i + 1) / count);
  });
});

test.run();
