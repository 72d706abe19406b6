import * as assert from "uvu/assert";
import type { Sampler } from "../../../src/runner/config/sampler.ts";
import { resolveFake } from "../fake-catalogue.ts";
import { configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("files of experiments");
const HEAD = "family: alpha\ndata: dots\n";

const layersOf = async (
  folder: string,
  texts: readonly string[] = [],
  sampler?: Sampler,
): Promise<readonly unknown[]> => {
  const options = { folders: [folder], ...(sampler && { sampler }) };
  const runs = await resolveFake(["experiment=exp", ...texts], options);
  return runs.map(({ config }) => config.family["layers"]);
};

test("a sweep or a list of runs that is not one, or holds nothing, is refused with its line", async ({
  folder,
}) => {
  const cases = [
    ["sweep:\n  - family.layers=2,4\n", /exp\.yaml:3: expected "sweep" to be a map.*got a list/],
    ["sweep: family.layers\n", /expected "sweep" to be a map/],
    ["sweep:\n  family.layers: []\n", /exp\.yaml:4: sweep: expected at least one value of family/],
    ["sweep:\n  family.layers: choice()\n", /exp\.yaml:4: choice\(\) has no values/],
    ["runs: []\n", /exp\.yaml:3: expected "runs" to be a list of at least one map, got \[\]/],
    ["runs: {a: 1}\n", /expected "runs" to be a list of at least one map, got a map/],
    ["runs: [{family.layers: 2}, 5]\n", /runs: expected each entry to be a map.*got 5; write \{\}/],
    ["runs:\n  - family.layers 2\n", /exp\.yaml:4: runs: .*got "family\.layers 2"/],
    ["runs:\n  -\n", /runs: expected each entry to be a map.*got nothing/],
  ] as const;
  for (const [text, message] of cases) {
    write(folder, "exp.yaml", `${HEAD}${text}`);
    assert.match(await problemsOf(layersOf(folder)), message);
  }
  write(folder, "exp.yaml", `${HEAD}sweep:\n  # family.layers: [1, 2]\nruns:\n  - {}\n`);
  assert.equal(await layersOf(folder), [8]);
});

test("where the entries of runs: fall out one by one, that is said", async ({ folder }) => {
  write(
    folder,
    "exp.yaml",
    "runs:\n  - {family: alpha, data: dots}\n  - {family: beta, data: lines}\n",
  );
  assert.match(
    await problemsOf(layersOf(folder, ["family=alpha", "data=lines"])),
    /stands for no run: each entry of runs:/,
  );
});

test("groups nest in sweep: as elsewhere, and glob looks at the same names", async ({ folder }) => {
  write(folder, "exp.yaml", "data: dots\nsweep:\n  family: {name: alpha, layers: [2, 4]}\n");
  assert.equal(await layersOf(folder), [2, 4]);
  write(folder, "exp.yaml", "family: alpha\nsweep:\n  data: glob(*o*)\n");
  assert.equal(await layersOf(folder), [8]);
  write(folder, "exp.yaml", "family: alpha\nsweep:\n  data: glob(*)\n");
  assert.equal(await layersOf(folder), [8, 8]);
});

test("a second document in a file is refused", async ({ folder }) => {
  write(folder, "exp.yaml", `${HEAD}---\nseed: 1\n`);
  assert.match(
    await problemsOf(layersOf(folder)),
    /exp\.yaml:3: expected one document, got another one behind ---; leave the line out/,
  );
});

test("tags are refused, save those of plain values", async ({ folder }) => {
  for (const tag of ["!foo", "!!js/function"]) {
    write(folder, "exp.yaml", `${HEAD}family.layers: ${tag} 3\n`);
    assert.match(
      await problemsOf(layersOf(folder)),
      /exp\.yaml:3: Unresolved tag: .*leave the tag/,
    );
  }
  write(folder, "exp.yaml", `${HEAD}family.layers: !!int 3\n`);
  assert.equal(await layersOf(folder), [3]);
});

test("<<: *base merges a map, what stands in the map itself before it", async ({ folder }) => {
  write(
    folder,
    "exp.yaml",
    `${HEAD}runs:\n  - &base {family.layers: 2, training.steps: 7}\n  - {<<: *base, family.layers: 4}\n  - {<<: [*base], training.steps: 9}\n`,
  );
  const runs = await resolveFake(["experiment=exp"], { folders: [folder] });
  assert.equal(
    runs.map(({ config }) => [config.family["layers"], config.training["steps"]]),
    [
      [2, 7],
      [4, 7],
      [2, 9],
    ],
  );
  write(folder, "exp.yaml", `${HEAD}runs:\n  - {<<: 5}\n`);
  assert.match(await problemsOf(layersOf(folder)), /exp\.yaml:4: expected << to name maps/);
  write(folder, "exp.yaml", `${HEAD}runs:\n  - &self {<<: *self, family.layers: 4}\n`);
  assert.equal(await layersOf(folder), [4]);
});

test("defaults: takes entries of groups as Hydra writes them, and says that _self_ is not needed", async ({
  folder,
}) => {
  write(folder, "training/fast.yaml", "steps: 7\n");
  write(folder, "family/alpha.yaml", "layers: 3\n");
  write(
    folder,
    "exp.yaml",
    "defaults:\n  - family: alpha\n  - training: fast\n  - data: dots\ntraining:\n  batch: 5\n",
  );
  const [run] = await resolveFake(["experiment=exp"], { folders: [folder] });
  assert.equal(
    [run?.config.family["layers"], run?.config.training["steps"], run?.config.training["batch"]],
    [3, 7, 5],
  );
  const cases = [
    ["- _self_", /exp\.yaml:3: _self_ is not needed/],
    ["- family: alpa", /exp\.yaml:3: unknown family "alpa"\. Did you mean "alpha"/],
    [
      "- optimiser: adam",
      /exp\.yaml:3: defaults: expected the name of a file.*got optimiser: "adam"/,
    ],
    ["- [a, b]", /exp\.yaml:3: defaults: expected the name of a file.*got a list/],
  ] as const;
  for (const [entry, message] of cases) {
    write(folder, "exp.yaml", `data: dots\ndefaults:\n  ${entry}\n`);
    assert.match(await problemsOf(layersOf(folder)), message);
  }
  write(folder, "data/base.yaml", "name: dots\nnoise: 0.25\n");
  write(folder, "data/mine.yaml", "defaults:\n  - data: base\n");
  const [mine] = await resolveFake(["family=alpha", "data=mine"], { folders: [folder] });
  assert.equal([mine?.config.data["noise"], mine?.config.data["label"]], [0.25, "mine"]);
});

test("an entry of every group may have a file, an engine's too", async ({ folder }) => {
  write(folder, "family/small.yaml", "name: alpha\nlayers: 2\n");
  write(folder, "data/mine.yaml", "name: dots\nnoise: 0.5\n");
  write(folder, "training/fast.yaml", "steps: 7\n");
  write(folder, "evaluation/all.yaml", "metrics: [nll, c2st]\n");
  write(folder, "engine/e1.yaml", "name: cpu\nthreads: 2\n");
  const texts = ["family=small", "data=mine", "training=fast", "evaluation=all", "engine=e1"];
  const [run] = await resolveFake(texts, { folders: [folder] });
  const { family, data, training, evaluation, engine } = run?.config ?? {};
  assert.equal(
    [family?.["layers"], data?.["noise"], training?.["steps"], evaluation?.["metrics"], engine],
    [2, 0.5, 7, ["nll", "c2st"], { name: "cpu", threads: 2 }],
  );
  const [plain] = await resolveFake([...texts, "~engine"], { folders: [folder] });
  assert.equal(plain?.config.engine, { name: "auto", threads: 1 });
});

const random: Sampler = { kind: "random", samples: 5, seed: 1 };

test("a family's own sweep zips, and has ranges for a sampler", async ({ folder }) => {
  write(folder, "exp.yaml", "data: dots\nsweep:\n  family: [alpha, beta]\n");
  write(folder, "family/alpha.yaml", "sweep:\n  layers: zip(1,2)\n  hidden: zip([8],[4])\n");
  const options = { folders: [folder] };
  const zipped = await resolveFake(["experiment=exp", "family=alpha"], options);
  assert.equal(
    zipped.map(({ config: { family } }) => [family["layers"], family["hidden"]]),
    [
      [1, [8]],
      [2, [4]],
    ],
  );
  write(folder, "family/alpha.yaml", "sweep:\n  layers: int(1,1000)\n");
  assert.match(
    await problemsOf(layersOf(folder)),
    /family\.layers has a range, which a grid has no values of/,
  );
  const drawn = await layersOf(folder, [], random);
  assert.equal([drawn.length, new Set(drawn).size, drawn.at(-1)], [6, 6, undefined]);
  // Beside keys of the command line: points of both, not every one with every one.
  const both = await layersOf(folder, ["family=alpha", "training.steps=int(1,1000)"], random);
  assert.is(both.length, 5);
  const halving = { kind: "auto", seed: 1, samples: undefined } as unknown as Sampler;
  assert.is((await layersOf(folder, ["family=alpha"], halving)).length, 16);
});

test("what a sampler draws of shared keys is the same whether a family draws more or not", async ({
  folder,
}) => {
  write(folder, "exp.yaml", "data: dots\nfamily: alpha\n");
  for (const kind of ["random", "sobol"] as const) {
    const steps = async () =>
      (
        await resolveFake(["experiment=exp", "training.steps=int(1,100000)"], {
          folders: [folder],
          sampler: { ...random, kind },
        })
      ).map(({ config }) => config.training["steps"]);
    write(folder, "family/alpha.yaml", "layers: 3\n");
    const plain = await steps();
    write(folder, "family/alpha.yaml", "sweep:\n  layers: int(1,1000)\n");
    assert.equal(await steps(), plain, kind);
  }
});

test("the limit of the number of runs holds for a family's own sweep", async ({ folder }) => {
  write(folder, "exp.yaml", HEAD);
  write(
    folder,
    "family/alpha.yaml",
    "sweep:\n  layers: range(1,1000)\n  training.steps: range(1,1000)\n",
  );
  assert.match(await problemsOf(layersOf(folder)), /998001 runs are more than 100000/);
});

test("a section that is no map of keys is refused, one that holds nothing says nothing", async ({
  folder,
}) => {
  for (const [text, got] of [
    ["training: 20\n", "20"],
    ["training: [{steps: 20}]\n", '\\[{"steps":20}\\]'],
    ["training: {name: 3}\n", "3"],
    ["evaluation: true\n", "true"],
    ["runs: [{training: 20}]\n", "20"],
    ["sweep: {training: [20, 30]}\n", "30"],
  ] as const) {
    write(folder, "exp.yaml", `${HEAD}${text}`);
    const message = `exp\\.yaml:3: (training|evaluation): expected a map of keys.*experiments/.*got ${got}`;
    assert.match(await problemsOf(layersOf(folder)), new RegExp(message));
  }
  write(folder, "exp.yaml", `${HEAD}training:\n  # steps: 20\nengine:\nevaluation: ~\n`);
  assert.equal(await layersOf(folder), [8]);
});

test.run();
