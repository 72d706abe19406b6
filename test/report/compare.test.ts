import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { compareEntries } from "../../src/report/compare/compare-entries.ts";
import { differingValues } from "../../src/report/compare/differing-values.ts";
import { pairEntries } from "../../src/report/compare/pair-entries.ts";
import type { ReadRowValues } from "../../src/report/row-values.ts";
import { fakeRecord } from "./fake-record.ts";

const noRows: ReadRowValues = () => undefined;
const noOrigin = () => undefined;

/** Records of a family for these NLLs, of seeds 0, 1, …, with options of the family. */
const runs = (
  family: string,
  nlls: readonly (number | null)[],
  options: Readonly<Record<string, unknown>> = {},
  parts: Partial<RunRecord> = {},
): RunRecord[] =>
  nlls.map((nll, seed) => {
    const record = fakeRecord(family, seed, nll, parts);
    const config = { ...record.config, family: { name: family, ...options } };
    return { ...record, config, configHash: JSON.stringify([family, options]) };
  });
const compared = (a: readonly RunRecord[], b: readonly RunRecord[], read = noRows) =>
  compareEntries({ a, b, label: "" }, { read, origin: noOrigin });
const nllOf = (found: ReturnType<typeof compared>) =>
  found.metrics.find(({ metric }) => metric === "test_nll");

test("the difference over common seeds is Student's paired test of b − a", () => {
  const nll = nllOf(compared(runs("a", [1, 2, 3]), runs("b", [1.5, 2.25, 4.5])));
  // Differences 0.5, 0.25, 1.5: mean 0.75, deviation √0.4375; t = 1.964 with 2 degrees of freedom, p by its closed form.
  const stderr = Math.sqrt(0.4375 / 3);
  const t = 0.75 / stderr;
  const p = 1 - t / Math.sqrt(2 + t * t);
  assert.equal([nll?.a, nll?.b, nll?.difference, nll?.pairs], [2, 2.75, 0.75, 3]);
  assert.ok(Math.abs((nll?.seeds?.stderr ?? NaN) - stderr) < 1e-14);
  assert.ok(Math.abs((nll?.seeds?.p ?? NaN) - p) < 1e-12);
  assert.is(nll?.rows, null);
});

test("means and tests are over seeds that are done and finite on both sides; the others are told", () => {
  const a = runs("a", [1, 2, 3, 100]);
  // What diverged may have left a number.
  const lost = runs("b", [0, 0, 0, 7], {}, { status: "diverged", reason: "NaN\nat step 3" });
  const b = [...runs("b", [2, 3, 4]), ...lost.slice(3)];
  const found = compared(a, b);
  assert.equal([found.seeds, found.onlyA, found.onlyB], [[0, 1, 2], [3], []]);
  assert.equal([nllOf(found)?.a, nllOf(found)?.difference, nllOf(found)?.pairs], [2, 1, 3]);
  assert.equal(found.notes, ["B, seed 3: diverged, NaN"]);
  const gap = nllOf(compared(runs("a", [1, 2, 3]), runs("b", [2, null, 4])));
  assert.equal([gap?.a, gap?.b, gap?.pairs], [2, 3, 2], "a value that is not finite is no pair");
});

test("likelihoods are tested over test rows of the same ids, also of one seed", () => {
  const read =
    (ids: readonly number[]): ReadRowValues =>
    (record, metric) =>
      metric === "test_nll"
        ? {
            ids: record.family === "a" ? [4, 7, 9] : ids,
            values: record.family === "a" ? [1, 2, 3] : [2, 2, 6],
          }
        : undefined;
  const [a, b] = [runs("a", [2]), runs("b", [10 / 3])];
  const nll = nllOf(compared(a, b, read([4, 7, 9])));
  assert.is(nll?.seeds, null, "one seed");
  assert.equal([nll?.rows?.pairs, nll?.rows?.difference], [3, 4 / 3]);
  // Differences 1, 0, 3.
  const squares = (1 / 3) ** 2 + (4 / 3) ** 2 + (5 / 3) ** 2;
  assert.ok(Math.abs((nll?.rows?.stderr ?? NaN) - Math.sqrt(squares / 6)) < 1e-14);
  assert.is(nllOf(compared(a, b, read([4, 7, 8])))?.rows, null, "other rows");
});

test("without a common seed nothing is paired and nothing is tested", () => {
  const found = compared(runs("a", [1, 3]), runs("b", [0, 0, 5, 9]).slice(2));
  const nll = nllOf(found);
  assert.equal([found.seeds, nll?.pairs, nll?.a, nll?.b], [[], 0, 2, 7]);
  assert.equal([nll?.seeds, nll?.rows], [null, null]);
});

test("what is not comparable has a reason, differences and no test", () => {
  const rows: ReadRowValues = () => ({ ids: [1, 2, 3], values: [1, 2, 4] });
  const a = runs("a", [1, 2, 3]);
  const cases = {
    "saw different rows": runs("b", [2, 3, 5]).map((r) => ({
      ...r,
      provenance: { ...r.provenance, dataDigest: "another" },
    })),
    "data.size is 1000 and 500": runs("b", [2, 3, 5]).map((r) => ({
      ...r,
      config: { ...r.config, data: { name: "two-moons", size: 500 } },
    })),
    "on different data sets (two-moons, rings)": runs("b", [2, 3, 5], {}, { dataset: "rings" }),
  };
  for (const [reason, b] of Object.entries(cases)) {
    const found = compared(a, b, rows);
    assert.match(found.incomparable ?? "", reason);
    assert.not.match(found.incomparable ?? "", "--rows");
    const nll = nllOf(found);
    assert.ok((nll?.difference ?? 0) > 1, reason);
    assert.equal([nll?.seeds, nll?.rows, nll?.pairs], [null, null, 0], reason);
  }
  assert.is(compared(a, runs("b", [2, 3, 5])).incomparable, null);
});

test("configurations differ in the keys that differ, with their origins, and in what surrounded them", () => {
  const [a] = runs("a", [1], { layers: 4, width: 8 });
  const [b] = runs("a", [1], { layers: 6, width: 8, depth: 1 });
  if (!a || !b) throw new Error("no runs");
  const newer = { ...b, provenance: { ...b.provenance, version: "0.2.0" }, seed: 7 };
  const origin = (record: RunRecord, key: string) =>
    key === "family.layers" ? (record === a ? "default" : "override 1") : undefined;
  assert.equal(differingValues(a, newer, origin), [
    { key: "family.layers", a: 4, b: 6, originA: "default", originB: "override 1" },
    { key: "family.depth", a: undefined, b: 1 },
    { key: "provenance.version", a: "0.1.0", b: "0.2.0" },
  ]);
  assert.equal(differingValues(a, a, origin), []);
});

test("what has equal keys and another hash is no same configuration", () => {
  const [a] = runs("a", [1], { layers: 4 });
  if (!a) throw new Error("no runs");
  const of = (configHash: string, provenance: object = {}) => ({
    ...a,
    configHash,
    provenance: { ...a.provenance, ...provenance },
  });
  const [one, two] = [of("h1", { plugins: { p: "11" } }), of("h2", { plugins: { q: "22" } })];
  assert.equal(differingValues(one, two, noOrigin), [
    { key: "provenance.plugins", a: ["11"], b: ["22"] },
  ]);
  assert.equal(differingValues(one, of("h1", { plugins: { moved: "11" } }), noOrigin), []);
  assert.equal(differingValues(of("h1"), of("h2"), noOrigin), [
    { key: "configHash", a: "h1", b: "h2" },
  ]);
  const newer = differingValues(of("h1"), of("h2", { version: "0.2.0" }), noOrigin);
  assert.equal(newer, [{ key: "provenance.version", a: "0.1.0", b: "0.2.0" }]);
});

test("of a configuration that a side has with several hashes each is paired with its like, and none is lost", () => {
  const of = (configHash: string, provenance: object) =>
    runs("a", [1, 2]).map((r) => ({
      ...{ ...r, configHash },
      provenance: { ...r.provenance, ...provenance },
    }));
  const labels = (a: readonly RunRecord[], b: readonly RunRecord[]) => {
    const { pairs, onlyA, onlyB } = pairEntries(a, b);
    return [pairs.map(({ label }) => label), onlyA, onlyB];
  };
  const [old, edited] = [of("h1", { plugins: { p: "11" } }), of("h2", { plugins: { p: "22" } })];
  assert.equal(labels(old, edited), [[""], [], []], "one of each: whatever they are");
  assert.equal(labels([...old, ...edited], old), [["plugin 11"], ["plugin 22"], []]);
  const [x, y] = [of("h1", {}), of("h2", {})];
  assert.equal(labels([...x, ...y], y), [["configuration h2"], ["configuration h1"], []]);
});

test("configurations are paired by family, data set and what either side varies", () => {
  const labels = (a: readonly RunRecord[], b: readonly RunRecord[]) => {
    const { pairs, onlyA, onlyB } = pairEntries(a, b);
    return { pairs: pairs.map(({ label }) => label), onlyA, onlyB };
  };
  const layers = (family: string, ...values: number[]) =>
    values.flatMap((n) => runs(family, [1, 2], { layers: n, width: 8 }));
  // One of each: whatever they are.
  assert.equal(labels(runs("a", [1]), runs("b", [1])), { pairs: [""], onlyA: [], onlyB: [] });
  // Families on both sides are paired by name, although the options that come with them differ.
  assert.equal(
    labels([...layers("a", 4), ...layers("b", 6)], [...layers("b", 8), ...layers("c", 4)]),
    { pairs: ["b"], onlyA: ["a"], onlyB: ["c"] },
  );
  // One family on each side: by the key that they vary.
  assert.equal(labels(layers("a", 4, 6), layers("b", 6, 8)), {
    pairs: ["family.layers=6"],
    onlyA: ["family.layers=4"],
    onlyB: ["family.layers=8"],
  });
  const onRings = runs("a", [1], {}, { dataset: "rings" });
  assert.equal(labels([...runs("a", [1]), ...onRings], onRings), {
    pairs: ["on rings"],
    onlyA: ["on two-moons"],
    onlyB: [],
  });
});

test.run();
