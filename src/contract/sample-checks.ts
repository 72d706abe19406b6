import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { createRng } from "../math/rng.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { contextFor, subjectOf, type Setting } from "./setting.ts";

/** The sampler: its log p is the model's, its seed decides, its temperature scales; with or without a condition. */
export function sampleChecks(at: Setting, contextSize = 0): readonly Check[] {
  const name = contextSize > 0 ? `${at.label} with a condition` : at.label;
  const { engine, tolerance } = at;
  const prepared = () => subjectOf(at, { contextSize, count: 1, deviation: 0.15 });
  return [
    check(`${name}: the sampler's log p is the model's, whatever the temperature`, async () => {
      const { model } = await prepared();
      const condition = contextFor(contextSize, 20);
      for (const temperature of [1, 0.6]) {
        const rng = createRng(6);
        const drawn = await sampleModel({
          model,
          count: 20,
          rng,
          temperature,
          engine,
          ...condition,
        });
        if (!drawn.logProb) return;
        const logProb = await evaluateLogProb({ model, rows: drawn.rows, engine, ...condition });
        // The samples are decoded and encoded again before their log p is taken.
        expectClose(
          `the sampler's log p at temperature ${temperature}`,
          drawn.logProb,
          logProb,
          100 * tolerance,
        );
      }
    }),
    check(`${name}: the seed decides the samples, temperature scales them`, async () => {
      const { model } = await prepared();
      const count = 100;
      const condition = contextFor(contextSize, count);
      const draw = async (seed: number, temperature = 1) => {
        const rng = createRng(seed);
        return (await sampleModel({ model, count, rng, temperature, engine, ...condition })).rows
          .values;
      };
      const [one, again, other] = [await draw(1), await draw(1), await draw(2)];
      expectClose("samples of the same seed", again, one, 0);
      expect(
        one.some((value, i) => value !== other[i]),
        "two seeds give the same samples; take the noise from the generator that is passed in.",
      );
      const centre = await draw(1, 0);
      const distance = (values: Float64Array): number =>
        Math.hypot(...values.map((v, i) => v - (centre[i] ?? 0)));
      const [half, whole] = [distance(await draw(1, 0.5)), distance(one)];
      expect(
        half < 0.8 * whole,
        `half the temperature does not bring the samples nearer to the centre: distance ${half}, at temperature 1 ${whole}.`,
      );
    }),
  ];
}
