import { existsSync } from "node:fs";
import { join } from "node:path";

import { test } from "uvu";
import * as assert from "uvu/assert";

import { fitStandardisation, identityStandardisation } from "../../src/datasets/standardise.ts";
import { cholesky } from "../../src/math/cholesky.ts";
import { gaussianLogDensity } from "../../src/math/gaussian-log-density.ts";
import { columnMeans, covariance } from "../../src/math/moments.ts";
import { mean, standardError } from "../../src/math/statistics.ts";
import { loadFile } from "./load-file.ts";

const root =
  process.env["FLOWMETER_DATA"] ?? join(import.meta.dirname, "..", "..", "..", "shared", "data");
const at = (path: string): string => join(root, path);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** The reference fitted on all rows that are not test rows. */
const fold = (path: string) => ({ mask: at(path), fold: 0, validation: 0 });
const tenth = { every: 10, offset: 9, validation: 0 };

interface Reference {
  readonly options: Readonly<Record<string, unknown>>;
  readonly testRows: number;
  /** Test NLL of the standardised rows, its standard error, and Σ ln sd. */
  readonly stated: readonly [number, number, number];
  readonly standardised?: boolean;
}

/** The table of the data folder's README, without concrete, which is of wine-red's kind. */
const references: Readonly<Record<string, Reference>> = {
  "wine-red": {
    options: {
      path: at("uci/wine-red/data.csv.gz"),
      columns: range(0, 10),
      split: fold("uci/wine-red/test_mask.csv.gz"),
    },
    testRows: 159,
    stated: [13.13, 0.38, -9.79],
  },
  protein: {
    options: {
      path: at("uci/protein/data.csv.gz"),
      columns: [...range(0, 3), ...range(5, 9)],
      split: fold("uci/protein/test_mask.csv.gz"),
    },
    testRows: 4573,
    stated: [7.27, 0.49, 34.22],
  },
  california: {
    options: {
      path: at("tabular/california-housing.csv.gz"),
      columns: range(0, 8),
      onBadRow: "drop",
      split: tenth,
    },
    testRows: 2043,
    stated: [7.23, 0.14, 42.98],
  },
  banknote: {
    options: { path: at("uci/banknote.csv"), columns: range(0, 3), split: tenth },
    testRows: 137,
    stated: [4.78, 0.13, 5.02],
  },
  faithful: {
    options: { path: at("small/faithful.csv"), columns: ["eruptions", "waiting"], split: tenth },
    testRows: 27,
    stated: [1.99, 0.12, 2.75],
  },
  power: {
    options: {
      path: at("tabular/power-28-days.txt.gz"),
      columns: ["time(Time)", "Global_active_power", "Voltage", ...range(6, 8)],
      dequantise: {
        Global_active_power: 0.001,
        Voltage: 0.01,
        Sub_metering_1: 1,
        Sub_metering_2: 1,
        Sub_metering_3: 1,
      },
      onBadRow: "drop",
      split: tenth,
    },
    testRows: 4095,
    stated: [7.75, 0.07, 13.71],
  },
  higgs7k: {
    options: {
      path: at("tabular/higgs7k/binary.train.gz"),
      testPath: at("tabular/higgs7k/binary.test.gz"),
      columns: [
        ...range(1, 8),
        ...range(10, 12),
        ...range(14, 16),
        ...range(18, 20),
        ...range(22, 28),
      ],
      split: [1, 0, 0],
    },
    testRows: 500,
    stated: [31.39, 0.49, -10.79],
  },
  miniboone: {
    options: { path: at("tabular/miniboone/val.npy"), split: tenth },
    testRows: 328,
    stated: [35.1, 1.27, 0],
    standardised: true,
  },
};

if (!existsSync(root)) console.log(`Skipped: no real data at ${root}; set FLOWMETER_DATA.`);
else
  for (const [name, { options, testRows, stated, standardised }] of Object.entries(references))
    test(`a Gaussian on ${name} has the reference's NLL and scale`, async () => {
      const data = await loadFile(options);
      assert.is(data.test.count, testRows);
      const standardise = standardised
        ? identityStandardisation(data.columns.length)
        : fitStandardisation(data.train, data.columns);
      const train = standardise.apply(data.train);
      const centre = columnMeans(train);
      const factor = cholesky(covariance(train, centre), centre.length);
      const values = gaussianLogDensity(standardise.apply(data.test), centre, factor);
      const found = [-mean(values), standardError(values), -standardise.logDetPerRow];
      found.forEach((value, k) => {
        // Half a unit of the last digit stated, and as much for another dequantisation noise or divisor N − 1.
        assert.ok(
          Math.abs(value - (stated[k] ?? NaN)) < 0.01,
          `${value} is not ${stated[k] ?? ""}`,
        );
      });
    });

test.run();
