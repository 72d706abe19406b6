import * as assert from "uvu/assert";
import type { ResolvedRun } from "../../../src/runner/config/resolve.ts";
import type { Sampler } from "../../../src/runner/config/sampler.ts";
import { resolveFake } from "../fake-catalogue.ts";
import { BASE, configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("samplers and zip");
const layersAndHidden = (runs: readonly ResolvedRun[]) =>
  runs.map(({ config: { family } }) => [family["layers"], family["hidden"]]);

test("zipped keys go along with each other, and are crossed with the rest", async ({ folder }) => {
  const texts = ["family.layers=zip(1,2)", "seed=0,1", "family.hidden=zip([8],[4])"];
  const expected = [
    [1, [8]],
    [1, [8]],
    [2, [4]],
    [2, [4]],
  ];
  assert.equal(layersAndHidden(await resolveFake([...BASE, ...texts])), expected);
  write(
    folder,
    "exp.yaml",
    "family: alpha\ndata: dots\nsweep:\n  family.layers: zip(1,2)\n  seed: [0, 1]\n  family.hidden: zip([8],[4])\n",
  );
  const runs = await resolveFake(["experiment=exp"], { folders: [folder] });
  assert.equal(layersAndHidden(runs), expected);
});

test("zipped keys with different numbers of values are refused, each with its number", async () => {
  const texts = ["family.layers=zip(1,2)", "family.hidden=zip([8],[4],[2])"];
  const message = await problemsOf(resolveFake([...BASE, ...texts]));
  assert.match(message, /override 3: .*family\.layers has 2, family\.hidden has 3/);
});

const sobol: Sampler = { kind: "sobol", samples: 16, seed: 3 };
const random: Sampler = { ...sobol, kind: "random" };
const drawn = ["family.layers=int(1,16)", "training.learningRate=log(1e-4,1e-2)"];

test("a Sobol sequence visits each of 16 values once in 16 points, and halves every other key at once", async () => {
  const runs = await resolveFake([...BASE, ...drawn], { sampler: sobol });
  const layers = runs.map(({ config }) => Number(config.family["layers"]));
  assert.equal(
    layers.toSorted((a, b) => a - b),
    Array.from({ length: 16 }, (_, i) => i + 1),
  );
  // A (0, 4, 2)-net: 4 points in each quarter of one key by quarter of the other, shifts of the intervals apart.
  const rates = runs.map(({ config }) => Math.log10(Number(config.training["learningRate"])) + 4);
  for (let quarter = 0; quarter < 4; quarter++)
    assert.is(rates.filter((r) => Math.floor(2 * r) === quarter).length, 4);
});

test("random draws are the seed's, and within their range", async () => {
  const ratesOf = async (sampler: Sampler) =>
    (await resolveFake([...BASE, ...drawn], { sampler })).map(({ config }) =>
      Number(config.training["learningRate"]),
    );
  const one = await ratesOf(random);
  assert.equal(await ratesOf(random), one);
  assert.not.equal(await ratesOf({ ...random, seed: 4 }), one);
  assert.is(new Set(one).size, 16);
  assert.ok(one.every((rate) => rate >= 1e-4 && rate < 1e-2));
});

test("families, data sets, seeds and explicit runs are crossed with the same samples", async ({
  folder,
}) => {
  write(
    folder,
    "exp.yaml",
    "data: dots\nsweep:\n  training.learningRate: log(1e-4,1e-2)\nruns:\n  - family: alpha\n  - family: beta\n",
  );
  const request = { folders: [folder], sampler: { ...random, samples: 3 }, seeds: [0, 1] };
  const runs = await resolveFake(["experiment=exp"], request);
  assert.is(runs.length, 12);
  const ratesOf = (name: string, seed: number) =>
    runs
      .filter(({ config }) => config.family.name === name && config.seed === seed)
      .map(({ config }) => config.training["learningRate"]);
  assert.is(new Set(ratesOf("alpha", 0)).size, 3);
  assert.equal(ratesOf("beta", 1), ratesOf("alpha", 0));
});

test("a range that is refused is not called missing as well", async () => {
  const cases = [
    ["training.learningRate=log(1e-2,1e-4)", /^override 3: .*low < high, got log/],
    [
      "seed=int(0,100)",
      /^override 3: .*seed has a range, which only .* as in seed=range\(0,3\)\.$/,
    ],
  ] as const;
  for (const [text, message] of cases)
    for (const sampler of [random, sobol]) {
      const lines = await problemsOf(resolveFake([...BASE, text], { sampler }));
      assert.match(lines, message);
      assert.is(lines.split("\n").length, 1, lines);
    }
});

test("a grid has no values of a range, and a sampler needs something to draw", async () => {
  assert.match(
    await problemsOf(resolveFake([...BASE, ...drawn])),
    /family\.layers has a range, which a grid has no values of; give --sampler random or sobol/,
  );
  assert.match(
    await problemsOf(resolveFake(["family=alpha,beta", "data=dots"], { sampler: sobol })),
    /--sampler sobol: nothing to draw; give a key several values/,
  );
  assert.match(
    await problemsOf(resolveFake([...BASE, "family.layers=interval(1,4)"], { sampler: sobol })),
    /expected a whole number/,
  );
});

test.run();
