import { test } from "uvu";
import * as assert from "uvu/assert";
import { metricNames } from "../../src/report/observation.ts";
import { FLOOR, PERFECT } from "../../src/report/references.ts";
import { csv } from "../../src/report/formats/csv.ts";
import { json } from "../../src/report/formats/json.ts";
import { markdown } from "../../src/report/formats/markdown.ts";
import { cellAt, makeTable } from "../../src/report/table.ts";
import type { RecordedProvenance } from "../../src/record.ts";
import { fakeRecord } from "./fake-record.ts";

const near = (actual: number | null | undefined, expected: number): void => {
  // Sums of three numbers near 1: round-off of a few units in the last place.
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-12, `${actual} is not ${expected}`);
};

test("a cell is the mean over seeds with s/√n as its error", () => {
  const table = makeTable([1, 2, 4].map((nll, seed) => fakeRecord("a", seed, nll)));
  const cell = cellAt(table, "a", "two-moons");
  near(cell?.mean, 7 / 3);
  // Sample variance of 1, 2, 4 is 7/3, divided by 3 seeds.
  near(cell?.stderr, Math.sqrt(7 / 9));
  assert.is(cell?.stderrOver, "seeds");
  assert.is(cell?.n, 3);
});

test("a likelihood through a learned inverse is marked and never the best, an estimated one is marked", () => {
  const of = (family: string, nll: number, provenance: RecordedProvenance) =>
    fakeRecord(family, 0, nll, {
      metrics: { test_nll: { value: nll, stderr: 0.5, n: 9, nonfinite: 0, provenance } },
    });
  const table = makeTable([
    of("learned", 0.5, { kind: "decoder-jacobian" }),
    of("integrated", 1, { kind: "ode", trace: "exact" }),
    of("estimated", 2, { kind: "ode", trace: "hutchinson-rademacher", bound: true }),
  ]);
  assert.not.ok(cellAt(table, "learned", "two-moons")?.best);
  assert.ok(cellAt(table, "integrated", "two-moons")?.best);
  const text = markdown(table);
  assert.match(text, /0\.50 ± 0\.50 \(decoder-jacobian\)/);
  assert.match(text, /\(ode\)/);
  assert.match(text, /\(ode, hutchinson, bound\)/);
  assert.match(text, /of no normalised density/);
});

test("a count that all seeds share is shown as one", () => {
  const records = [0, 1].map((seed) =>
    fakeRecord("a", seed, 1, { training: { parameters: 53016 } }),
  );
  assert.match(markdown(makeTable(records, { metric: "parameters" })), /\| \*\*53016\*\* \|/);
});

test("with one seed the error is that over the test rows", () => {
  const cell = cellAt(makeTable([fakeRecord("a", 0, 2)]), "a", "two-moons");
  assert.is(cell?.stderr, 0.5);
  assert.is(cell?.stderrOver, "rows");
});

test("seeds that failed, diverged or gave NaN are counted, shown, and not averaged", () => {
  const table = makeTable([
    fakeRecord("a", 0, 2),
    fakeRecord("a", 1, 2),
    fakeRecord("a", 2, null),
    fakeRecord("a", 3, 99, { status: "diverged" }),
    fakeRecord("a", 4, null, { status: "failed", metrics: {} }),
    fakeRecord("b", 0, 3),
    fakeRecord("b", 1, 3),
  ]);
  const cell = cellAt(table, "a", "two-moons");
  assert.is(cell?.mean, 2);
  assert.equal([cell?.n, cell?.nonfinite, cell?.diverged, cell?.failed], [2, 1, 1, 1]);
  assert.match(markdown(table), "1 failed, 1 diverged, 1 without a value");
  assert.not.ok(cell?.best, "a family that lost seeds must not be the best");
  assert.ok(cellAt(table, "b", "two-moons")?.best);
});

test("a family one of whose seeds has no finite number is never in bold, and says so", () => {
  const table = makeTable([
    fakeRecord("a", 0, 2),
    fakeRecord("a", 1, null),
    fakeRecord("b", 0, 3),
    fakeRecord("b", 1, 3),
  ]);
  assert.not.ok(cellAt(table, "a", "two-moons")?.best);
  assert.ok(cellAt(table, "b", "two-moons")?.best);
  const line = markdown(table)
    .split("\n")
    .find((text) => text.startsWith("| a |"));
  assert.not.match(line ?? "", "**");
  assert.match(line ?? "", "n 1, 1 without a value");
  assert.not.match(
    markdown(makeTable([fakeRecord("a", 0, null)])),
    "**",
    "nor one alone in its column",
  );
});

test("the same run in two folders counts once, with a note", () => {
  const runs = [0, 1].map((seed) => fakeRecord("a", seed, 2 + seed));
  const once = makeTable(runs);
  const twice = makeTable([...runs, ...structuredClone(runs)]);
  assert.equal(twice.cells, once.cells);
  assert.equal(once.notes, []);
  assert.match(twice.notes.join(), /^2 records repeat runs and are left out/);
  // A second try that is done stands for the first one that failed.
  const failed = fakeRecord("a", 0, null, { status: "failed", metrics: {} });
  const cell = cellAt(makeTable([failed, fakeRecord("a", 0, 2)]), "a", "two-moons");
  assert.equal([cell?.n, cell?.failed], [1, 0]);
  const changed = fakeRecord("a", 0, 2, { provenance: { dataDigest: "another" } });
  assert.throws(() => makeTable([...runs, changed]), /saw different rows/);
});

test("the floor counts each draw of the data once, however many families saw it", () => {
  const entropy = (value: number) => ({ entropy: { value, stderr: 0, unit: "nats" } });
  const table = makeTable([
    fakeRecord("a", 0, 2, { metrics: entropy(1) }),
    fakeRecord("b", 0, 2, { metrics: entropy(1) }),
    fakeRecord("b", 1, 2, { metrics: entropy(2) }),
  ]);
  const floor = cellAt(table, FLOOR, "two-moons");
  assert.equal([floor?.n, floor?.mean, floor?.seeds], [2, 1.5, [0, 1]]);
});

test("the entropy stands as a floor and is never the best", () => {
  const table = makeTable([fakeRecord("a", 0, 2)]);
  const floor = cellAt(table, FLOOR, "two-moons");
  assert.is(floor?.mean, 1);
  assert.not.ok(floor?.best);
});

test("with data sets as rows the floor is a column and the best is found per row", () => {
  const table = makeTable(
    [
      fakeRecord("a", 0, 2),
      fakeRecord("b", 0, 3),
      fakeRecord("a", 0, 5, { dataset: "rings" }),
      fakeRecord("b", 0, 4, { dataset: "rings" }),
    ],
    { rows: "dataset", cols: "family" },
  );
  assert.ok(cellAt(table, "two-moons", "a")?.best);
  assert.ok(cellAt(table, "rings", "b")?.best);
  assert.is(cellAt(table, "rings", FLOOR)?.mean, 1);
});

test("different preprocessing of one data set is refused with the key", () => {
  const records = [
    fakeRecord("a", 0, 2, { data: { standardise: true } }),
    fakeRecord("b", 0, 2, { data: { standardise: false } }),
  ];
  assert.throws(() => makeTable(records), /data\.standardise is true and false/);
  assert.not.throws(() => makeTable(records, { cols: "data.standardise" }));
});

test("images and the same images flattened are comparable, since the likelihood is the same", () => {
  const records = [
    fakeRecord("a", 0, 2, { data: { flatten: true } }),
    fakeRecord("b", 0, 2, { data: { flatten: false } }),
  ];
  assert.not.throws(() => makeTable(records));
});

test("different rows for one seed are refused", () => {
  const records = [
    fakeRecord("a", 0, 2),
    fakeRecord("b", 0, 2, { provenance: { dataDigest: "another" } }),
  ];
  assert.throws(() => makeTable(records), /saw different rows/);
});

test("a table that would mix data sets in one cell is refused", () => {
  const records = [fakeRecord("a", 0, 2), fakeRecord("a", 0, 2, { dataset: "rings" })];
  assert.throws(() => makeTable(records, { cols: "training.steps" }), /different data sets/);
});

test("configurations of one family are rows of their own, named by what differs", () => {
  const shallow = fakeRecord("a", 0, 2);
  const deep = fakeRecord("a", 0, 1, {
    configHash: "deep",
    config: { ...shallow.config, family: { name: "a", layers: 9 } },
  });
  const table = makeTable([shallow, deep]);
  assert.ok(table.rows.includes("a (family.layers=9)"), table.rows.join("; "));
  assert.is(cellAt(table, "a (family.layers=9)", "two-moons")?.n, 1);
});

test("data sets are not averaged, though an axis is a key of the data", () => {
  const records = ["rings", "two-moons"].map((dataset) => fakeRecord("a", 0, 1, { dataset }));
  assert.throws(
    () => makeTable(records, { cols: "data.size" }),
    /different data sets \(rings, two-moons\)/,
  );
  assert.not.throws(() => makeTable(records, { cols: "data.name" }));
});

test("likelihoods that are not exact are marked", () => {
  const exact = fakeRecord("a", 0, 2);
  const bound = fakeRecord("b", 0, 2, {
    metrics: { test_nll: { value: 2, stderr: 0.1, provenance: { kind: "bound" } } },
  });
  const text = markdown(makeTable([exact, bound]));
  assert.match(text, /\| b \|[^|]*\(bound\) \|/);
  assert.not.match(text, /\| a \|[^|]*\(/);
});

test("a metric of draws has its own floor, what a perfect model gets, and no mark", () => {
  const measured = (value: number) => ({
    metrics: {
      entropy: { value: 1, stderr: 0, unit: "nats" },
      c2st: { value, stderr: 0.01, floor: 0.5, provenance: { kind: "samples", draws: 100 } },
    },
  });
  const table = makeTable(
    [fakeRecord("a", 0, 2, measured(0.7)), fakeRecord("b", 0, 2, measured(0.6))],
    { metric: "c2st" },
  );
  assert.equal(table.rows, [PERFECT, "a", "b"]);
  assert.is(cellAt(table, PERFECT, "two-moons")?.mean, 0.5);
  const text = markdown(table);
  assert.match(text, "| b | **0.600 ± 0.010** |");
  assert.match(text, "| a | 0.700 ± 0.010 |");
});

test("layers can be an axis", () => {
  const layers = [
    { index: 0, kl: 2, klStderr: 0.1 },
    { index: 1, kl: 1, klStderr: 0.1 },
  ];
  const table = makeTable([fakeRecord("a", 0, 2, { layers })], { cols: "layer", metric: "kl" });
  assert.equal(table.cols, ["0", "1"]);
  assert.is(cellAt(table, "a", "1")?.mean, 1);
});

test("the metrics of a table are those of runs that are done and the numbers of their training", () => {
  const done = fakeRecord("a", 0, null, {
    training: { steps: 10, seconds: { value: null, flag: "nan" }, monitor: null, text: "x" },
    layers: [{ index: 0, kl: 2, klStderr: 0.1 }],
  });
  const failed = fakeRecord("b", 0, null, { status: "failed", metrics: {}, training: { lost: 1 } });
  assert.equal(metricNames([done, failed], false), ["test_nll", "entropy", "steps", "seconds"]);
  assert.equal(metricNames([done, failed], true), ["kl"]);
  assert.equal(metricNames([failed], false), []);
});

test("csv has one line per cell and quotes what needs it", () => {
  const lines = csv(makeTable([fakeRecord('a,"b"', 0, 2)]))
    .trimEnd()
    .split("\n");
  assert.is(
    lines[0],
    "family,dataset,metric,mean,stderr,stderrOver,n,failed,diverged,nonfinite,provenance,best,bold," +
      "p,difference,differenceStderr,differenceOver,pSeeds,pRows,ruledByOneRow,withheld,reference",
  );
  assert.is(
    lines[2],
    '"a,""b""",two-moons,test_nll,2,0.5,rows,1,0,0,0,exact,true,true,,,,,,,false,,',
  );
});

test("means without any known size are written with an exponent", () => {
  const text = markdown(makeTable([fakeRecord("a", 0, 1.85190001e33)]));
  assert.match(text, /\*\*1\.85e\+33 ± 5\.00e-1\*\*/);
});

test("json carries every number", () => {
  const parsed = JSON.parse(json(makeTable([fakeRecord("a", 0, 2)]))) as {
    cells: { mean: number }[];
  };
  assert.equal(
    parsed.cells.map((cell) => cell.mean),
    [1, 2],
  );
});

test.run();
