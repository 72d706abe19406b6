import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { createRng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import type { Family, Model } from "../model.ts";
import { FLOAT64 } from "./bijection-contract.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { buildFor, perturb, type FamilyContractOptions } from "./subject.ts";

/** Cells per side: fine for the integral, coarse for counting samples. */
const FINE = 400;
const COARSE = 10;
const DRAWS = 20_000;

/** A density in two dimensions integrates to one, and samples fall where it says. */
export function densityChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { engine = FLOAT64 } = options;
  // A mild perturbation: strong enough to leave the identity, smooth enough for a grid.
  const model = (): Model =>
    perturb(buildFor(family, 2, options), createRng("density").fork(family.name), 0.15);
  return [
    check(`${family.name}: the density integrates to one, and samples follow it`, async () => {
      const flow = model();
      const samples = await sampleModel({ model: flow, count: DRAWS, rng: createRng(5), engine });
      const grid = gridAround(samples.rows);
      const logProb = await evaluateLogProb({ model: flow, rows: grid.rows, engine });
      const mass = logProb.map((value) => Math.exp(value) * grid.cell);
      const total = mass.reduce((sum, value) => sum + value, 0);
      expectClose("integral of the density", [total], [1], 1e-3);
      const statistic = chiSquare(mass, grid, samples.rows);
      // Mean 0 and deviation 1 if the samples follow the density; 5 deviations never happen by chance.
      expect(
        statistic < 5,
        `samples do not follow the density: normalised chi-square ${statistic.toFixed(1)}.`,
      );
    }),
    check(`${family.name}: the sampler's log p is the model's`, async () => {
      const flow = model();
      const samples = await sampleModel({ model: flow, count: 50, rng: createRng(6), engine });
      if (!samples.logProb) return;
      const logProb = await evaluateLogProb({ model: flow, rows: samples.rows, engine });
      expectClose("log p beside the samples", samples.logProb, logProb, options.tolerance ?? 1e-9);
    }),
    check(`${family.name}: the seed decides the samples, temperature scales them`, async () => {
      const flow = model();
      const draw = async (seed: number, temperature = 1) =>
        (await sampleModel({ model: flow, count: 200, rng: createRng(seed), temperature, engine }))
          .rows.values;
      const [one, again, other] = [await draw(1), await draw(1), await draw(2)];
      expectClose("samples of the same seed", again, one, 0);
      expect(
        one.some((value, i) => value !== other[i]),
        "two seeds give the same samples; take the noise from the generator that is passed in.",
      );
      const spread = (values: Float64Array): number =>
        Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
      const centre = await draw(1, 0);
      const distance = (values: Float64Array): number =>
        spread(values.map((v, i) => v - (centre[i] ?? 0)));
      expect(
        distance(await draw(1, 0.5)) < 0.8 * distance(one),
        "half the temperature does not bring the samples nearer to the mode.",
      );
    }),
  ];
}

interface Grid {
  readonly rows: Rows;
  /** Area of one cell. */
  readonly cell: number;
  readonly low: readonly [number, number];
  readonly side: readonly [number, number];
}

/** Centres of FINE × FINE cells over a box that is 1.6 times the samples' own. */
function gridAround({ values }: Rows): Grid {
  const bounds = ([0, 1] as const).map((column) => {
    const entries = values.filter((_, i) => i % 2 === column);
    const [low, high] = [Math.min(...entries), Math.max(...entries)];
    const margin = 0.3 * (high - low);
    return { low: low - margin, side: high - low + 2 * margin };
  });
  const [x, y] = bounds as [{ low: number; side: number }, { low: number; side: number }];
  const centres = new Float64Array(2 * FINE * FINE);
  for (let i = 0; i < FINE * FINE; i++) {
    centres[2 * i] = x.low + ((Math.floor(i / FINE) + 0.5) / FINE) * x.side;
    centres[2 * i + 1] = y.low + (((i % FINE) + 0.5) / FINE) * y.side;
  }
  return {
    rows: { count: FINE * FINE, shape: [2], values: centres },
    cell: (x.side * y.side) / FINE ** 2,
    low: [x.low, y.low],
    side: [x.side, y.side],
  };
}

/** Pearson's statistic over the coarse cells that expect at least five samples, centred and scaled to deviation 1. */
function chiSquare(mass: Float64Array, { low, side }: Grid, samples: Rows): number {
  const expected = new Float64Array(COARSE * COARSE);
  const counted = new Float64Array(COARSE * COARSE);
  const ratio = FINE / COARSE;
  mass.forEach((value, i) => {
    const cell = Math.floor(Math.floor(i / FINE) / ratio) * COARSE + Math.floor((i % FINE) / ratio);
    expected[cell] = (expected[cell] ?? 0) + DRAWS * value;
  });
  for (let i = 0; i < samples.count; i++) {
    const at = (column: 0 | 1): number =>
      Math.floor((((samples.values[2 * i + column] ?? 0) - low[column]) / side[column]) * COARSE);
    const cell = at(0) * COARSE + at(1);
    counted[cell] = (counted[cell] ?? 0) + 1;
  }
  let statistic = 0;
  let cells = 0;
  expected.forEach((mean, cell) => {
    if (mean < 5) return;
    statistic += ((counted[cell] ?? 0) - mean) ** 2 / mean;
    cells++;
  });
  return (statistic - cells) / Math.sqrt(2 * cells);
}
