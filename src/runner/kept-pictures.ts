import type { Dataset } from "../datasets/dataset.ts";
import { tf, type EngineOptions } from "../engine/index.ts";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import type { NamedArray } from "../evaluation/metrics/metric-definition.ts";
import { overRows } from "../evaluation/over-rows.ts";
import { firstRows, rowSize, type Rows } from "../math/rows.ts";
import type { Model } from "../model.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { inRawUnits } from "./raw-likelihood.ts";

export interface PictureArguments {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  /** Cells per side of the density that is kept; 0 for none. */
  readonly cells: number;
  /** Whether the rows after each layer are kept. */
  readonly layers: boolean;
  readonly engine: EngineOptions;
  readonly batch: number;
}

type Arrays = Readonly<Record<string, NamedArray>>;

/** Rows that pictures of layers show. */
const PICTURED = 1000;

/**
 * What pictures of a flow of two columns need beside its record, so that no figure has to load a model: its density, and that of the
 * data where it is known, on a grid over the test rows (`density`, `density-truth`, ln p in raw units, and `density-range`), and test
 * rows after each layer in the model's units (`layer-rows`). Nothing for other rows, and of a conditional flow no density.
 */
export async function keptPictures(args: PictureArguments): Promise<Arrays> {
  const { dataset, preprocessing, cells, layers } = args;
  if (rowSize(dataset.test) !== 2 || dataset.test.shape.length !== 1) return {};
  const plain = dataset.condition === undefined && preprocessing.cells === undefined;
  return {
    ...(cells > 0 && plain && (await density(args))),
    ...(layers && dataset.condition === undefined && (await layerRows(args))),
  };
}

/** Smallest and largest value of a column. */
function rangeOf({ values }: Rows, column: number): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = column; i < values.length; i += 2) {
    low = Math.min(low, values[i] ?? NaN);
    high = Math.max(high, values[i] ?? NaN);
  }
  return [low, high];
}

/** The middles of the cells, the first column slowest. Within the rows' own range, so that declared bounds hold. */
function gridOf(rows: Rows, cells: number): { readonly grid: Rows; readonly range: Float64Array } {
  const [x, y] = [rangeOf(rows, 0), rangeOf(rows, 1)];
  const at = ([low, high]: readonly [number, number], k: number): number =>
    low + ((k + 0.5) / cells) * (high - low);
  const values = new Float64Array(2 * cells * cells);
  for (let k = 0; k < cells * cells; k++)
    values.set([at(x, Math.floor(k / cells)), at(y, k % cells)], 2 * k);
  return {
    grid: { count: cells * cells, shape: [2], values },
    range: Float64Array.from([...x, ...y]),
  };
}

async function density(args: PictureArguments): Promise<Arrays> {
  const { model, dataset, preprocessing, cells, engine, batch } = args;
  const { grid, range } = gridOf(dataset.test, cells);
  const seen = await evaluateLogProb({
    ...{ model, engine, batch, rows: preprocessing.apply(grid, "grid of the density") },
  });
  const truth = dataset.logDensity?.(grid);
  const shape = [cells, cells];
  return {
    density: { shape, values: inRawUnits(seen, grid, preprocessing) },
    "density-range": { shape: [2, 2], values: range },
    ...(truth && { "density-truth": { shape, values: truth } }),
  };
}

async function layerRows(args: PictureArguments): Promise<Arrays> {
  const { model, dataset, preprocessing, engine, batch } = args;
  const { stages, store } = model;
  if (!stages) return {};
  const rows = preprocessing.apply(firstRows(dataset.test, PICTURED), "test");
  const outputs = await overRows({
    ...{ label: "rows after layers", store, rows, batch, engine, noise: stages.noise },
    body: (x, call) =>
      Object.fromEntries(
        stages.encode(x, call).map(({ z }, i) => [`z${i}`, tf.reshape(z, [-1, 2])]),
      ),
  });
  const values = new Float64Array(stages.names.length * 2 * rows.count);
  stages.names.forEach((_, i) => {
    values.set(outputs[`z${i}`] ?? [], i * 2 * rows.count);
  });
  return { "layer-rows": { shape: [stages.names.length, rows.count, 2], values } };
}
