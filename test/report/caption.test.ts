import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { caption } from "../../src/report/formats/caption.ts";
import { makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";

const failed = (family: string, seed: number, parts: Partial<RunRecord> = {}): RunRecord =>
  fakeRecord(family, seed, null, { status: "failed", metrics: {}, ...parts });
const captionOf = (...args: Parameters<typeof makeTable>): string => caption(makeTable(...args));

test("± is said to be over what that of the models is, and not that of the floor", () => {
  const runs = [0, 1].map((seed) => fakeRecord("a", seed, 1 + seed));
  assert.match(captionOf(runs), /^test_nll: mean ± standard error over 2 seeds;/);
  // The floor is a mean over both.
  assert.match(
    captionOf(runs, { rows: "seed" }),
    /^test_nll: one seed ± standard error over the test rows;/,
  );
  const single = fakeRecord("b", 0, 3);
  assert.match(
    captionOf([...runs, single]),
    /^test_nll: mean ± standard error over 2 seeds, where there is one over the test rows;/,
  );
});

test("where no seed has a value none is counted, and nothing is called the best", () => {
  assert.is(captionOf([failed("a", 0), failed("a", 1)]), "test_nll: no seed has a value.");
});

test("where too few seeds are there nothing is called the best, and the reason stands there", () => {
  const runs = [0, 1].map((seed) => fakeRecord("a", seed, 1 + seed));
  assert.is(
    captionOf(runs, { minSeeds: 3 }),
    "test_nll: no entry has as many seeds as were asked for.",
  );
});

test("a baseline may be lower than the best, so the caption says that it was not compared", () => {
  const about = { stderr: 0.5, provenance: { kind: "exact" } };
  const baseline = { family: "gaussian", value: 0, ...about };
  const metrics = { test_nll: { value: 3, n: 9, nonfinite: 0, ...about, baseline } };
  const sentence = " Baselines take no part in the comparison.";
  const runs = (more: object) => [fakeRecord("a", 0, 3, more), fakeRecord("b", 0, 4, more)];
  assert.ok(captionOf(runs({ metrics })).endsWith(sentence));
  assert.ok(captionOf(runs({ metrics }), { rows: "dataset", cols: "family" }).endsWith(sentence));
  assert.not.ok(captionOf(runs({})).includes(sentence));
});

test("of layers, where runs without any have no cell, the caption counts these", () => {
  const layers = [
    { index: 0, kl: 2 },
    { index: 1, kl: 1 },
  ];
  const text = captionOf(
    [
      fakeRecord("a", 0, 1, { layers }),
      failed("a", 1),
      { ...fakeRecord("a", 2, null), status: "diverged" },
      fakeRecord("gaussian", 0, 1),
    ],
    { cols: "layer", metric: "kl" },
  );
  assert.match(text, "1 run diverged and not in the means: a on two-moons, seed 2.");
  assert.match(text, "1 run failed: a on two-moons, seed 1.");
  assert.match(text, "1 run without numbers of layers: gaussian on two-moons, seed 0.");
});

test.run();
