import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { createRng } from "../math/rng.ts";
import { makeRows, rowSize, type Rows } from "../math/rows.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { gridAround, normalisedChiSquare } from "./grid.ts";
import { contextFor, subjectOf, type Setting } from "./setting.ts";

const DRAWS = 20_000;

/**
 * A density of one or two dimensions (given one condition, where there is one) integrates to one on a grid, and samples
 * fall where it says.
 */
export function densityChecks(main: Setting, contextSize = 0): readonly Check[] {
  const { grid: own } = main.options;
  const options = { ...main.options, options: { ...main.options.options, ...own?.options } };
  const at = { ...main, options };
  const name = contextSize > 0 ? `${at.label} with a condition` : at.label;
  const { engine } = at;
  return [
    check(`${name}: the density integrates to one, and samples follow it`, async () => {
      // A mild perturbation: strong enough to leave the identity, smooth enough for a grid.
      const { model } = await subjectOf(at, { contextSize, count: 1, deviation: 0.15 });
      const one = contextFor(contextSize, 1);
      const given = (count: number): { context?: Rows } =>
        one.context ? { context: repeated(one.context, count) } : {};
      const samples = await sampleModel({
        model,
        count: DRAWS,
        rng: createRng(5),
        engine,
        ...given(DRAWS),
      });
      const cells = rowSize(at) === 2 ? own?.cells : undefined;
      const grid = gridAround(samples.rows, rowSize(at), cells);
      const { rows } = grid;
      const logProb = await evaluateLogProb({ model, rows, engine, ...given(rows.count) });
      const mass = logProb.map((value) => Math.exp(value) * grid.cell);
      const total = mass.reduce((sum, value) => sum + value, 0);
      expectClose("integral of the density", [total], [1], 1e-3);
      const statistic = normalisedChiSquare(mass, grid, samples.rows);
      // Mean 0 and deviation 1 if the samples follow the density; 5 deviations never happen by chance.
      expect(
        statistic < 5,
        `samples do not follow the density: normalised chi-square ${statistic.toFixed(1)}.`,
      );
    }),
  ];
}

/** The same row, `count` times. */
const repeated = (row: Rows, count: number): Rows => {
  const size = row.values.length;
  return makeRows(
    Float64Array.from({ length: count * size }, (_, i) => row.values[i % size] ?? 0),
    row.shape,
  );
};
