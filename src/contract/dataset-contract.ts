import type { Dataset, DatasetDefinition } from "../datasets/dataset.ts";
import { outlineOf } from "../datasets/outline.ts";
import { createRng } from "../math/rng.ts";
import { rowSize, stackRows, type Rows } from "../math/rows.ts";
import { mean, standardError } from "../math/statistics.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { densityMass } from "./density-mass.ts";

export interface DatasetContractOptions {
  /** Options of the data set where they are not the defaults; a path, for instance. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Rows in all, of sets that have a `size`: enough for an entropy to be wrong by more than its error bar. */
const SIZE = 20_000;
const SPLITS = ["train", "validation", "test"] as const;

/**
 * What every data set must satisfy. Checks of an entropy and a density apply where the set states them; nothing else
 * could say that a table of Kullback-Leibler divergences is wrong.
 */
export function datasetContract(
  definition: DatasetDefinition,
  { options = {} }: DatasetContractOptions = {},
): readonly Check[] {
  const { name } = definition;
  const known = Object.entries(definition.options).map(([key, option]) => [
    key,
    options[key] ?? (key === "size" ? SIZE : option.default),
  ]);
  const values = Object.fromEntries(known) as Readonly<Record<string, unknown>>;
  const load = (seed = 0): Promise<Dataset> =>
    definition.load({ options: values, rng: createRng(seed) });
  const density = (what: string, run: (dataset: Dataset) => void): Check =>
    check(`${name}: ${what}`, async () => {
      run(await load());
    });
  return [
    density("rows, columns and test numbers have the shapes that they say", shapeCheck),
    ...outlineChecks(definition, values, load),
    density("no row is in two parts, but for the duplicates that it counts", disjointCheck),
    check(`${name}: the same seed gives the same rows, another one gives others`, async () => {
      const [one, again, other] = [await load(1), await load(1), await load(2)];
      for (const split of SPLITS)
        expectClose(`${split}, same seed`, again[split].values, one[split].values, 0);
      expect(again.digest === one.digest, "the same rows have two digests.");
      if (one.logDensity === undefined && one.entropy === undefined) return;
      expect(
        one.train.values.some((value, i) => value !== other.train.values[i]),
        "seeds 1 and 2 draw the same rows; draw everything from the generator `rng`.",
      );
    }),
    density("the entropy is the mean of −log density over its rows", entropyCheck),
    density("the density integrates to one", ({ logDensity, ...dataset }) => {
      if (logDensity === undefined) return;
      const { mass, tolerance } = densityMass(logDensity, allRows(dataset), createRng("mass"));
      expectClose("integral of exp(logDensity)", [mass], [1], tolerance);
    }),
  ];
}

/** Of a set that says something of its rows beforehand: that it is so. */
const outlineChecks = (
  definition: DatasetDefinition,
  options: Readonly<Record<string, unknown>>,
  load: () => Promise<Dataset>,
): readonly Check[] =>
  !("outline" in definition)
    ? []
    : [
        check(`${definition.name}: the rows are as its outline says`, async () => {
          const said = await definition.outline?.(options);
          const { shape, columns, attributes } = outlineOf(await load());
          if (said === undefined) return;
          for (const [what, expected, got] of [
            ["shape", shape, said.shape],
            ["columns", columns, said.columns],
            ["attributes", attributes, said.attributes ?? []],
          ] as const)
            expect(
              got.join() === expected.join(),
              `outline: expected the ${what} ${expected.join(", ")} of its rows, got ${got.join(", ")}.`,
            );
        }),
      ];

type Parts = Pick<Dataset, (typeof SPLITS)[number]>;

/** The rows of all parts. */
const allRows = ({ train, validation, test }: Parts): Rows => stackRows([train, validation, test]);

function shapeCheck(dataset: Dataset): void {
  const { shape, columns, testIds, attributes } = dataset;
  const size = rowSize(dataset);
  expect(shape.length > 0 && size > 0, `rows of shape [${shape.join(", ")}] have no entries.`);
  for (const split of SPLITS) {
    const { count, values, shape: own } = dataset[split];
    expect(
      own.join() === shape.join(),
      `${split}: expected rows of shape [${shape.join(", ")}], got [${own.join(", ")}].`,
    );
    expect(
      values.length === count * size,
      `${split}: expected ${count} · ${size} values, got ${values.length}.`,
    );
    const bad = values.findIndex((value) => !Number.isFinite(value));
    expect(bad < 0, `${split}: entry ${bad} is ${values[bad] ?? NaN}.`);
    const beside = attributes?.[split];
    expect(
      beside === undefined || beside.count === count,
      `attributes of ${split}: expected ${count} rows, got ${beside?.count ?? 0}.`,
    );
  }
  expect(dataset.train.count > 0 && dataset.test.count > 0, "train or test has no rows.");
  expect(columns.length === size, `expected ${size} names of columns, got ${columns.length}.`);
  expect(new Set(columns).size === size, `columns have one name twice: ${columns.join(", ")}.`);
  expect(
    testIds.length === dataset.test.count && new Set(testIds).size === testIds.length,
    `testIds: expected ${dataset.test.count} different numbers.`,
  );
}

function disjointCheck(dataset: Dataset): void {
  const size = rowSize(dataset.train);
  const keys = ({ values, count }: Rows): string[] =>
    Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size).join());
  const seen = new Set(keys(dataset.train));
  const shared = (part: Rows): number => keys(part).filter((key) => seen.has(key)).length;
  // Dequantisation makes equal counts different, so there may be fewer than were counted before it.
  expect(
    shared(dataset.test) <= dataset.duplicates,
    `${shared(dataset.test)} test rows stand in train as well, duplicates says ${dataset.duplicates}.`,
  );
  if (dataset.logDensity === undefined) return;
  const leaked = shared(dataset.validation);
  expect(leaked === 0, `${leaked} validation rows stand in train as well.`);
}

function entropyCheck({ entropy, logDensity, ...parts }: Dataset): void {
  if (entropy === undefined || logDensity === undefined) return;
  const rows = allRows(parts);
  const terms = logDensity(rows).map((value) => -value);
  expect(
    terms.length === rows.count,
    `logDensity: expected ${rows.count} numbers, got ${terms.length}.`,
  );
  const deviation = Math.hypot(standardError(terms), entropy.stderr);
  // 5 deviations never happen by chance; a constant density has none, only round-off.
  const allowed = 5 * deviation + 1e-9;
  expect(
    Math.abs(mean(terms) - entropy.value) <= allowed,
    `entropy is ${entropy.value} nats (${entropy.method}), the mean of −log density over ${rows.count} rows ` +
      `${mean(terms)} ± ${deviation}.`,
  );
}
