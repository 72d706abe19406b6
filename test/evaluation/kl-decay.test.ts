import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor } from "../../src/contract/subject.ts";
import { klDecay } from "../../src/evaluation/kl-decay.ts";
import { nonStandardness } from "../../src/evaluation/non-standardness.ts";
import { gaussian } from "../../src/flows/gaussian.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Rows } from "../../src/math/rows.ts";
import { mean, standardError } from "../../src/math/statistics.ts";

const engine = { engine: "cpu", precision: "float64" } as const;

/** N(m, diag(σ²)) in two dimensions. */
const M = [1, -0.5] as const;
const SD = [2, 0.5] as const;
const gaussianRows = (count: number, seed: number): Rows => ({
  count,
  shape: [2],
  values: createRng(seed)
    .normals(2 * count)
    .map((n, i) => (M[i % 2] ?? 0) + (SD[i % 2] ?? 1) * n),
});
const logDensity = ({ count, values }: Rows): Float64Array =>
  new Float64Array(count).map((_, i) =>
    [0, 1].reduce((sum, j) => {
      const [m, sd] = [M[j] ?? 0, SD[j] ?? 1];
      const u = ((values[2 * i + j] ?? 0) - m) / sd;
      return sum - (u * u) / 2 - Math.log(sd) - Math.log(2 * Math.PI) / 2;
    }, 0),
  );
/** ½ Σ (σ² − 1 − ln σ² + m²) */
const KL = [0, 1].reduce((sum, j) => {
  const [m, v] = [M[j] ?? 0, (SD[j] ?? 1) ** 2];
  return sum + (v - 1 - Math.log(v) + m * m) / 2;
}, 0);
const ENTROPY = Math.log(2 * Math.PI * Math.E) + Math.log(SD[0] * SD[1]);

test("of Gaussian rows S is their divergence, G is zero, and the whitening layer takes all", async () => {
  const rows = gaussianRows(20_000, 1);
  const model = buildFor(gaussian, 2, {});
  model.fit?.(gaussianRows(200_000, 2));
  const reference = { kind: "density", logDensity: logDensity(rows) } as const;
  const layers = await klDecay({ model, rows, reference, engine });
  assert.ok(layers?.length === 2);
  const [data, white] = layers as [(typeof layers)[0], (typeof layers)[0]];
  // Five standard errors, as estimated; and these must be small enough to say something.
  assert.ok(Math.abs(data.kl - KL) < 5 * data.klStderr && data.klStderr < 0.05);
  assert.ok(Math.abs(data.nonStandardness - KL) < 5 * data.nonStandardnessStderr);
  assert.ok(data.nonStandardnessStderr < 0.05);
  // For Gaussian rows the terms of KL and the influence of S cancel row by row.
  assert.ok(Math.abs(data.nonGaussianity) < 2e-3, String(data.nonGaussianity));
  assert.ok(Math.abs(white.kl) < 1e-4, String(white.kl));
  assert.ok((white.ratio ?? 1) < 1e-3);
  assert.equal(data.ratio, undefined);
  assert.is(white.nonfinite, 0);
});

test("the standard error of the ratio is that of its scatter over samples", async () => {
  const model = buildFor(realNvp, 2, { options: { layers: 1, hidden: [4] } });
  const store = model.store.slots("variable").find(({ name }) => name.endsWith("last/bias"));
  // A map that halves the distance: a fixed scale of the second column.
  if (store) store.values = Float64Array.from([0.4, 0.3]);
  const runs = await Promise.all(
    Array.from({ length: 40 }, async (_, seed) => {
      const rows = gaussianRows(400, 100 + seed);
      const reference = { kind: "density", logDensity: logDensity(rows) } as const;
      return (await klDecay({ model, rows, reference, engine }))?.[1];
    }),
  );
  const ratios = runs.map((layer) => layer?.ratio ?? NaN);
  const scatter = standardError(ratios) * Math.sqrt(ratios.length);
  const stated = mean(runs.map((layer) => layer?.ratioStderr ?? NaN));
  // The deviation of 40 draws is known to 1 / √80 = 11 %; three of these, and as much for the delta method.
  assert.ok(Math.abs(scatter / stated - 1) < 0.4, `${scatter} beside ${stated}`);
});

test("with the entropy alone the level is the same; without it the last layer is zero", async () => {
  const rows = gaussianRows(5000, 3);
  const model = buildFor(gaussian, 2, {});
  model.fit?.(gaussianRows(5000, 4));
  const by = async (reference: Parameters<typeof klDecay>[0]["reference"]) =>
    (await klDecay({ model, rows, reference, engine })) ?? [];
  const [known] = await by({ kind: "entropy", value: ENTROPY, stderr: 0 });
  assert.ok(known && Math.abs(known.kl - KL) < 5 * known.klStderr);
  const [first, last] = await by({ kind: "last" });
  assert.is(last?.kl, 0);
  assert.is(last?.nonGaussianity, 0);
  assert.ok(first && Math.abs(first.kl - KL) < 5 * first.klStderr);
  assert.is(first.reference, "last");
});

test("a model without stages has no layers", async () => {
  const { stages, ...model } = buildFor(gaussian, 2, {});
  assert.ok(stages);
  const rows = gaussianRows(10, 1);
  assert.is(await klDecay({ model, rows, reference: { kind: "last" } }), undefined);
});

test("S is free of the finite sample's bias to first order, for rows of any kurtosis", () => {
  const rng = createRng("bias");
  // Uniform entries of variance 1: the fourth moment is 1.8, not 3. S is 0.
  for (const kind of ["normal", "uniform"] as const) {
    const estimates = Array.from({ length: 600 }, (_, i) => {
      const stream = rng.fork(kind).fork(i);
      const values =
        kind === "normal"
          ? stream.normals(3 * 150)
          : stream.uniforms(3 * 150).map((u) => Math.sqrt(12) * (u - 0.5));
      return nonStandardness({ count: 150, shape: [3], values });
    });
    const values = estimates.map(({ value }) => value);
    // Uncorrected it would be D (D + 3) / 4N = .03 for normal entries; what is left is of order 1 / N².
    assert.ok(Math.abs(mean(values)) < 4 * standardError(values) + 1e-3, `${kind} ${mean(values)}`);
    const scatter = standardError(values) * Math.sqrt(values.length);
    const stated = mean(estimates.map(({ stderr }) => stderr));
    // Never too small; for white rows the two orders of the error are added although only one is there.
    assert.ok(stated > 0.8 * scatter && stated < 2 * scatter, `${kind}: ${scatter}, ${stated}`);
  }
});

test("rows without a full covariance have no S", () => {
  const { value } = nonStandardness({
    count: 3,
    shape: [2],
    values: Float64Array.of(1, 1, 2, 2, 3, 3),
  });
  assert.ok(Number.isNaN(value));
});

test.run();
