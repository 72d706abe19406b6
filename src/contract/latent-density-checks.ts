import { tf } from "../engine/index.ts";
import { overRows } from "../evaluation/over-rows.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { createRng } from "../math/rng.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { columnDeviations, columnMeans } from "../math/moments.ts";
import type { Model } from "../model.ts";
import { check, expect, type Check } from "./check.ts";
import { subjectOf, type Setting } from "./setting.ts";

const DRAWS = 10_000;
/** Narrower than the samples, so that φ/q has a small variance in any number of dimensions. */
const NARROWER = 0.9;

/**
 * The density in more dimensions than a grid can cover. With q(z) = p(x) / |det J_encode| of samples x and any density φ,
 *
 *     E_{x ~ p}[φ(z) / q(z)] = ∫ φ = 1
 *
 * if q integrates to one where φ lies and the samples follow it. φ is a Gaussian with the samples' means and 0.9 of
 * their deviations.
 */
export function latentDensityChecks(at: Setting): readonly Check[] {
  return [
    check(`${at.label}: the latent density integrates to one, and samples follow it`, async () => {
      const { model } = await subjectOf(at, { count: 1, deviation: 0.05 });
      const [main] = model.logProb;
      if (!model.bijection || main?.value === undefined || main.provenance.kind !== "exact") return;
      const { engine } = at;
      const samples = await sampleModel({ model, count: DRAWS, rng: createRng(5), engine });
      const { z, logDensity } = await latents(at, model, samples.rows);
      const ratios = gaussianRatios({ count: DRAWS, shape: [rowSize(at)], values: z }, logDensity);
      const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / DRAWS;
      const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / DRAWS;
      const stderr = Math.sqrt(variance / DRAWS);
      expect(
        // 2 % for the moments of φ, which come from the same samples.
        Math.abs(mean - 1) <= 5 * stderr + 0.02 && stderr < 0.1,
        `E[φ/q] over the samples is ${mean.toFixed(3)} ± ${stderr.toFixed(3)}, expected 1: the density lacks a factor, ` +
          "or samples do not follow it.",
      );
    }),
  ];
}

/** z [N, D] and log q(z) [N] = log p(x) − log|det J_encode| of these rows. */
const latents = ({ label, engine }: Setting, { store, bijection, logProb }: Model, rows: Rows) =>
  overRows({
    ...{ label: `${label}: latent density`, store, rows, batch: 1000, engine },
    body: (x, call) => {
      const encoded = bijection?.encode(x, call);
      const value = logProb[0]?.value(x, call);
      expect(encoded !== undefined && value !== undefined, "the model has no map or no density.");
      return { z: encoded.z, logDensity: tf.sub(value, encoded.logDet) };
    },
  });

/** φ(z) / q(z) of every row. */
function gaussianRatios(z: Rows, logDensity: Float64Array): Float64Array {
  const [dim = 0] = z.shape;
  const means = columnMeans(z);
  const deviations = columnDeviations(z, means).map((deviation) => NARROWER * deviation);
  return logDensity.map((value, row) => {
    let logGaussian = 0;
    for (let j = 0; j < dim; j++) {
      const deviation = deviations[j] ?? 1;
      const distance = ((z.values[row * dim + j] ?? 0) - (means[j] ?? 0)) / deviation;
      logGaussian -= 0.5 * distance ** 2 + Math.log(deviation) + 0.5 * Math.log(2 * Math.PI);
    }
    return Math.exp(logGaussian - value);
  });
}
