import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { rowSize } from "../../src/math/rows.ts";
import { loadFile } from "./load-file.ts";

const root =
  process.env["FLOWMETER_DATA"] ?? join(import.meta.dirname, "..", "..", "..", "shared", "data");
const at = (path: string): string => join(root, "images", path);

/** Entries that have one count only in all rows. */
function constantEntries({ train, validation, test: held }: Dataset): number {
  const size = rowSize(train);
  const all = [train, validation, held].map(({ values }) => values.map(Math.floor));
  const first = all[0] ?? new Float64Array(0);
  return Array.from({ length: size }, (_, j) => j).filter((j) =>
    all.every((values) => {
      for (let k = j; k < values.length; k += size) if (values[k] !== first[j]) return false;
      return true;
    }),
  ).length;
}

/** What the data folder's README says of the sets: their options, counts and constant pixels. */
const sets = {
  mnist: {
    options: {
      path: at("mnist-t10k/t10k-images-idx3-ubyte.gz"),
      labels: at("mnist-t10k/t10k-labels-idx1-ubyte.gz"),
      split: [0.8, 0.1, 0.1],
    },
    shape: [28, 28, 1],
    counts: [8000, 1000, 1000],
    constant: 116,
  },
  optdigits: {
    options: {
      path: at("optdigits/optdigits.tra.gz"),
      testPath: at("optdigits/optdigits.tes.gz"),
      labels: 64,
      imageShape: [8, 8, 1],
      levels: 17,
    },
    shape: [8, 8, 1],
    counts: [2699, 300, 1797],
    constant: undefined,
  },
};

for (const [name, { options, shape, counts, constant }] of Object.entries(sets)) {
  if (!existsSync(options.path)) {
    console.log(`Skipped: no ${name} at ${options.path}; set FLOWMETER_DATA.`);
    continue;
  }
  test(`${name} has the rows, labels and pixels that are stated`, async () => {
    const data = await loadFile(options);
    assert.equal(data.shape, shape);
    assert.equal(
      [data.train, data.validation, data.test].map((rows) => rows.count),
      counts,
    );
    const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    assert.equal(data.attributes?.of, [{ name: "label", classes: digits }]);
    // About a tenth of the rows is a 3.
    const threes = data.attributes?.train.values.filter((value) => value === 3).length ?? 0;
    assert.ok(Math.abs(threes / data.train.count - 0.1) < 0.02, String(threes));
    if (constant !== undefined) assert.is(constantEntries(data), constant);
  });
}

test.run();
