import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { test } from "uvu";
import * as assert from "uvu/assert";

import { datasets } from "../../src/datasets/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { rowSize } from "../../src/math/rows.ts";
import { mean } from "../../src/math/statistics.ts";
import { defaultsOf } from "../../src/options.ts";

const synthetic = datasets.filter(({ name }) => name !== "file");
const load = (name: string, changes: Readonly<Record<string, unknown>> = {}, seed = 0) => {
  const found = datasets.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`No data set "${name}".`);
  return found.load({
    options: { ...defaultsOf(found.options), ...changes },
    rng: createRng(seed),
  });
};

test("names are unique, and every default is a value that its own option accepts", () => {
  assert.is(new Set(datasets.map(({ name }) => name)).size, datasets.length);
  for (const { name, options } of datasets)
    for (const [key, option] of Object.entries(options)) {
      assert.ok(option.accepts(option.default), `${name}.${key}`);
      assert.ok(option.doc !== "", `${name}.${key} has no meaning`);
    }
});

test("every data set says beforehand what its rows are, with its options", async () => {
  const changes: Readonly<Record<string, object>> = {
    gaussian: { dim: 5 },
    "gaussian-mixture": { dim: 3 },
    copies: { dim: 4 },
    "sbi-gaussian-linear": { dim: 3 },
    faces: { resolution: 32, colour: true },
  };
  for (const definition of synthetic) {
    const { name, options } = definition;
    const own = { size: 50, ...changes[name] };
    const said = await definition.outline?.({ ...defaultsOf(options), ...own });
    const { shape, columns, attributes } = await load(name, own);
    const beside = attributes?.of.map((attribute) => attribute.name) ?? [];
    const expected = { shape, columns, attributes: beside };
    assert.equal({ attributes: [], ...said }, expected, name);
  }
});

test("options of the file set refuse values of another form, and say what they expect", () => {
  const options = datasets.find(({ name }) => name === "file")?.options ?? {};
  const refused: Readonly<Record<string, readonly unknown[]>> = {
    split: ["8:1:1", [0.8, "0.1", 0.1], [2, -1, 0], { mask: "m.csv" }, { mask: "", fold: 0 }],
    dequantise: [{ a: 0 }, { a: "1" }, [1], true],
    header: ["yes", 1],
    columns: [[-1], [1.5], "a"],
    path: [3, null],
    missing: ["?", [1]],
  };
  for (const [name, values] of Object.entries(refused))
    for (const value of values)
      assert.is(options[name]?.accepts(value), false, `${name}: ${JSON.stringify(value)}`);
  const split = options["split"];
  assert.is(split?.accepts({ every: 10, offset: 9, valdation: 0.1 }), false, "a misspelt key");
  assert.ok(split?.accepts({ every: 10, offset: 9 }));
  assert.ok(split?.accepts({ mask: "m.csv", fold: 0 }));
  assert.match(split?.expected ?? "", /a list, .*mask: .*fold: .*every: .*validation\?: .*or null/);
});

test("every synthetic set has its parts and no row twice, and entropies agree with densities", async () => {
  for (const { name } of synthetic) {
    const data = await load(name, { size: 1000, split: [0.5, 0.3, 0.2] });
    assert.equal(
      [data.train, data.validation, data.test].map((r) => r.count),
      [500, 300, 200],
    );
    assert.is(data.columns.length, rowSize(data), name);
    assert.equal([data.testIds[0], data.testIds.at(-1)], [800, 999]);
    assert.is(data.duplicates, 0);
    assert.is(data.entropy === undefined, data.logDensity === undefined, name);
    if (data.logDensity === undefined) {
      const known = data.levels !== undefined || data.conditionalLogDensity !== undefined;
      assert.ok(known, `${name}: only images and simulators have no density of their rows`);
      continue;
    }
    const surprise = mean(data.logDensity(data.train).map((value) => -value));
    // 500 draws; sd(−log p) is near √(D/2): at most 2 in 8 dimensions, so 5 s.e. are 0.45.
    assert.ok(Math.abs(surprise - (data.entropy?.value ?? NaN)) < 0.45, `${name}: ${surprise}`);
  }
});

test("same seed, same rows and digest; another seed, other rows of the same distribution", async () => {
  for (const { name } of synthetic) {
    const small = { size: 50 };
    const [one, two, other] = await Promise.all([
      load(name, small),
      load(name, small),
      load(name, small, 1),
    ]);
    assert.equal(one.train, two.train);
    assert.is(one.digest, two.digest);
    assert.is.not(one.digest, other.digest);
    assert.equal(one.entropy, other.entropy, name);
  }
});

test("the Gaussian has the spectrum that is asked for", async () => {
  const entropy = async (changes: object): Promise<number> =>
    (await load("gaussian", { dim: 3, ...changes })).entropy?.value ?? NaN;
  const unit = 1.5 * Math.log(2 * Math.PI * Math.E);
  assert.ok(Math.abs((await entropy({ spectrum: "identity" })) - unit) < 1e-12);
  assert.ok(Math.abs((await entropy({ spectrum: [4, 1, 0.5] })) - unit - Math.log(2) / 2) < 1e-12);
  // Scaled to mean 1, so ln det is at most 0 (arithmetic and geometric mean).
  assert.ok((await entropy({})) < unit);
  const axes = await load("gaussian", { dim: 2, spectrum: [1, 1e-8], rotate: false });
  const turned = await load("gaussian", { dim: 2, spectrum: [1, 1e-8] });
  const second = (data: typeof axes): number =>
    Math.max(...data.test.values.filter((_, k) => k % 2 === 1).map(Math.abs));
  assert.ok(second(axes) < 1e-3 && second(turned) > 1e-2);
});

test("options that contradict each other are refused", async () => {
  const refuses = async (name: string, changes: object, message: RegExp): Promise<void> => {
    try {
      await load(name, { ...changes });
    } catch (error) {
      assert.match(String(error), message);
      return;
    }
    assert.unreachable(name);
  };
  await refuses("gaussian", { spectrum: [1, 2] }, /DataError: .*dim = 8, got 2/);
  await refuses("gaussian", { low: 2, high: 1 }, /expected low ≤ high, got 2 and 1/);
  await refuses("two-moons", { split: [0.5, 0.2, 0.2] }, /add up to 1, got the sum 0\.9/);
  await refuses("copies", { dim: 5 }, /data\.dim: expected an even number.*got 5/);
  await refuses("circles", { size: 4 }, /at least 1 training and 1 test row, got 4 and 0 of 4/);
});

/** Packages that a source file imports statically, itself or through other sources; types do not count. */
function packagesOf(path: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(path)) return packages;
  seen.add(path);
  const statement = /^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm;
  for (const [, target = ""] of readFileSync(path, "utf8").matchAll(statement)) {
    if (!target.startsWith(".")) packages.add(target);
    else for (const inner of packagesOf(join(dirname(path), target), seen)) packages.add(inner);
  }
  return packages;
}

test("the data sets load few and small packages, so that listing them stays fast", () => {
  const index = join(import.meta.dirname, "..", "..", "src", "datasets", "index.ts");
  const packages = [...packagesOf(index)].filter((name) => !name.startsWith("node:"));
  // mathjs and TensorFlow.js take most of a second each.
  assert.equal(packages.sort(), ["csv-parse/sync", "fastest-levenshtein", "ml-matrix"]);
});

test.run();
