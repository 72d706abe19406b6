import { test } from "uvu";
import * as assert from "uvu/assert";

import { makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";

test("families in one place are told apart, whatever the axis", () => {
  const records = [fakeRecord("a", 0, 2), fakeRecord("b", 0, 1)];
  const table = makeTable(records, { rows: "training.steps" });
  assert.equal(table.rows.slice(1), ["10 (a)", "10 (b)"]);
});

test("variants of a family are told by the keys that differ within it, not by those of other families", () => {
  const config = (family: object) => ({ family, training: { steps: 10 } });
  const records = [
    fakeRecord("a", 0, 2, { configHash: "1", config: config({ name: "a", layers: 4 }) }),
    fakeRecord("a", 0, 3, { configHash: "2", config: config({ name: "a", layers: 8 }) }),
    fakeRecord("b", 0, 1, { configHash: "3", config: config({ name: "b", bins: 5 }) }),
  ];
  const rows = ["a (family.layers=4)", "a (family.layers=8)", "b"];
  assert.equal(makeTable(records, { metric: "steps" }).rows, rows);
  // Where families stand at one place, both are named.
  assert.equal(makeTable(records, { rows: "dataset", cols: "seed", metric: "steps" }).rows, [
    "two-moons (a, family.layers=4)",
    "two-moons (a, family.layers=8)",
    "two-moons (b)",
  ]);
});

test("of a table whose rows are layers the variants are columns", () => {
  const layers = [{ index: 0, kl: 2 }];
  const records = [4, 8].map((count) =>
    fakeRecord("a", 0, 2, {
      configHash: String(count),
      config: { family: { name: "a", layers: count } },
      layers,
    }),
  );
  const table = makeTable(records, { rows: "layer", cols: "family", metric: "kl" });
  assert.equal(table.rows, ["0"]);
  assert.equal(table.cols, ["a (family.layers=4)", "a (family.layers=8)"]);
});

/** Runs of one configuration by its keys, of two seeds each, with other hashes for what `others` say of their provenance. */
const ofHashes = (others: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
  Object.entries(others).flatMap(([configHash, provenance], i) =>
    [0, 1].map((seed) =>
      fakeRecord("a", seed, i + seed, {
        configHash,
        provenance: { version: "0.1.0", dataDigest: `digest-${seed}`, ...provenance },
      }),
    ),
  );
const rowsOf = (records: Parameters<typeof makeTable>[0]) => {
  const cells = makeTable(records).cells.filter(({ reference }) => reference === null);
  return cells.map(({ row, n, mean, failed }) => [row, n, mean, failed]);
};

test("runs of equal keys and different hashes are told apart by their version or by their plugins", () => {
  const newer = ofHashes({ h1: {}, h2: { version: "0.2.0" } });
  assert.equal(rowsOf(newer), [
    ["a (version 0.1.0)", 2, 0.5, 0],
    ["a (version 0.2.0)", 2, 1.5, 0],
  ]);
  const edited = ofHashes({
    h1: { plugins: { "./p.ts": "0123456789abcdef", "./same.ts": "77777777aa" } },
    h2: { plugins: { "./moved/p.ts": "fedcba9876543210", "./same.ts": "77777777aa" } },
  });
  assert.equal(rowsOf(edited), [
    ["a (plugin 01234567 + 77777777)", 2, 0.5, 0],
    ["a (plugin 77777777 + fedcba98)", 2, 1.5, 0],
  ]);
});

test("where records do not say why their hashes differ, the hash itself tells them apart", () => {
  assert.equal(rowsOf(ofHashes({ "0123456789ab": {}, abcdef012345: {} })), [
    ["a (configuration 01234567)", 2, 0.5, 0],
    ["a (configuration abcdef01)", 2, 1.5, 0],
  ]);
});

test("a run that failed, of which less is known, stays with those of its hash", () => {
  const [first, ...others] = ofHashes({
    h1: { plugins: { p: "11" } },
    h2: { plugins: { p: "22" } },
  });
  if (first === undefined) throw new Error("no runs");
  const unknown = { ...first.provenance, plugins: undefined };
  const failed = { ...first, status: "failed" as const, seed: 2, metrics: {}, provenance: unknown };
  assert.equal(rowsOf([failed, first, ...others]), [
    ["a (plugin 11)", 2, 0.5, 1],
    ["a (plugin 22)", 2, 1.5, 0],
  ]);
});

test("hashes that differ from column to column are no variants", () => {
  const records = ["x", "y"].map((dataset) =>
    fakeRecord("a", 0, 1, { dataset, configHash: dataset }),
  );
  assert.equal(
    rowsOf(records).map(([row]) => row),
    ["a", "a"],
  );
});

test("images of one family, flattened or not, are not averaged", () => {
  const records = [true, false].map((flatten) =>
    fakeRecord("a", 0, 1, { data: { flatten }, configHash: String(flatten) }),
  );
  assert.equal(
    rowsOf(records).map(([row]) => row),
    ["a (data.flatten=true)", "a (data.flatten=false)"],
  );
});

test.run();
