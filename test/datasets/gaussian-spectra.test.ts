import { test } from "uvu";
import * as assert from "uvu/assert";

import { gaussianDataset } from "../../src/datasets/gaussian.ts";
import { createRng } from "../../src/math/rng.ts";
import { symmetricEigenvalues } from "../../src/math/symmetric-eigenvalues.ts";
import { defaultsOf } from "../../src/options.ts";

const DIM = 8;

async function spectrumOf(options: Readonly<Record<string, unknown>>): Promise<Float64Array> {
  const { gaussian } = await gaussianDataset.load({
    options: { ...defaultsOf(gaussianDataset.options), dim: DIM, size: 20, ...options },
    rng: createRng(1),
  });
  return symmetricEigenvalues(gaussian?.().covariance ?? new Float64Array(0), DIM);
}

const near = (found: Float64Array, expected: readonly number[]): void => {
  // Round-off of a rotation there and an eigenvalue decomposition back, on eigenvalues of at most 8.
  expected.forEach((value, i) => {
    assert.ok(Math.abs((found[i] ?? NaN) - value) < 1e-13, found.join(" "));
  });
};

test("spectra have their eigenvalues, scaled to mean 1, and the covariance is theirs", async () => {
  near(await spectrumOf({ spectrum: "identity" }), Array<number>(DIM).fill(1));
  // 9 and seven ones: the mean is 2.
  near(await spectrumOf({ spectrum: "outlier", high: 9 }), [...Array<number>(7).fill(0.5), 4.5]);
  near(await spectrumOf({ spectrum: "two-valued", low: 1, high: 3 }), [
    ...Array<number>(4).fill(0.5),
    ...Array<number>(4).fill(1.5),
  ]);
  near(await spectrumOf({ spectrum: [1, 2, 3, 4, 5, 6, 7, 8] }), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a Wishart spectrum of 2 D rows lies where Marchenko and Pastur's law has it", async () => {
  const dims = { dim: 200, rotate: false };
  const { gaussian } = await gaussianDataset.load({
    options: { ...defaultsOf(gaussianDataset.options), ...dims, size: 20, spectrum: "wishart" },
    rng: createRng(1),
  });
  const values = (gaussian?.().covariance ?? new Float64Array(0)).filter((_, k) => k % 201 === 0);
  // (1 ± √½)² = 0.086 and 2.914 for many dimensions; at 200 the ends scatter by some D^(−2/3) = 0.03 of the width.
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  assert.ok(Math.abs(smallest - 0.086) < 0.05 && Math.abs(largest - 2.914) < 0.2);
  assert.ok(Math.abs(values.reduce((sum, v) => sum + v, 0) - 200) < 1e-10);
});

test.run();
