import * as assert from "uvu/assert";
import { resolveFake } from "../fake-catalogue.ts";
import { BASE, configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("configuration");

test("defaults fill every key", async () => {
  const [run] = await resolveFake(BASE);
  assert.equal(run?.config.family, {
    name: "alpha",
    layers: 8,
    hidden: [64, 64],
    mixing: "rotation",
  });
  assert.is(run?.config.seed, 0);
});

test("a family's own defaults of training hold where nothing is said", async () => {
  const rate = async (...texts: string[]) =>
    (await resolveFake(["data=dots", ...texts])).map(({ config }) => config.training);
  assert.equal(
    (await rate("family=alpha,beta")).map((training) => training["learningRate"]),
    [1e-3, 5e-4],
  );
  assert.is((await rate("family=beta", "training.learningRate=0.01"))[0]?.["learningRate"], 0.01);
});

test("values that an option does not accept are named with what was expected and what came", async () => {
  const cases = [
    ["family.layers=abc", /expected a whole number of at least 1, got "abc"/],
    ["family.layers=2.5", /got 2\.5/],
    ["family.layers=-1", /got -1/],
    ["family.layers='3'", /got "3"/],
    ["family.layers=null", /got null/],
    ["family.hidden=64", /expected a list, .* got 64/],
    ["family.mixing=rotate", /expected one of rotation, permutation, none, got "rotate"/],
    ["training.learningRate=nan", /expected a finite number above 0, got NaN/],
    ["training.learningRate=inf", /got Infinity/],
    ["data.standardise=no", /expected true or false, got "no"/],
    ["seed=-1", /seed: expected a whole number from 0 to 9007199254740991, got -1/],
    ["seed=9007199254740993", /seed: expected a whole number from 0 to 9007199254740991, got/],
    ["seed=1e30", /got 1e\+30/],
    [
      "training=3",
      /training: expected a map of keys, such as training\.steps, or the name of a file.*, got 3/,
    ],
    ["training=null", /got null/],
    ["training=[1]", /got \[1\]/],
    ["training=", /training: expected a map.*, got ""/],
    ["evaluation=4", /evaluation: expected a map of keys.*experiments\/evaluation, got 4/],
    ["engine=gpu", /unknown engine "gpu"\. Did you mean "cpu"\? Known: auto, cpu\./],
  ] as const;
  for (const [text, message] of cases) {
    const found = await problemsOf(resolveFake([...BASE, text]));
    assert.match(found, message);
    assert.match(found, `override 3: ${text}`);
  }
});

test("options of a family that do not go together are problems, in one run of a sweep too", async () => {
  const lines = await problemsOf(
    resolveFake(["family=beta", "data=dots", "family.bins=4", "family.minWidth=0.001,0.3"]),
  );
  assert.match(lines, /override 1: family=beta: beta: 4 bins of at least 0\.3 do not fit/);
});

test("all problems are listed at once, each with its place", async () => {
  const lines = await problemsOf(
    resolveFake([...BASE, "family.layers=abc", "family.hiden=[1]", "x=1", "nonsense"]),
  );
  assert.is(lines.split("\n").length, 4, lines);
  assert.match(
    lines,
    /override 4: .*unknown key "hiden" in family "alpha"\. Did you mean "hidden"\?/,
  );
  assert.match(lines, /override 5: x=1: unknown key "x"/);
  assert.match(lines, /override 6: nonsense: expected key=value/);
});

test("unknown keys are listed also where no family or data set is chosen", async () => {
  const typo = await problemsOf(resolveFake(["famly=alpha", "data=dots", "training.stps=5"]));
  assert.match(typo, 'override 1: famly=alpha: unknown key "famly". Did you mean "family"?');
  assert.match(typo, /override 3.*unknown key "stps"/);
  assert.match(typo, /no family is chosen/);
  const noData = await problemsOf(resolveFake(["family=alpha", "family.bins=4"]));
  assert.match(noData, 'unknown key "bins" in family "alpha"');
  assert.match(noData, /no data set is chosen/);
});

test("unknown names come with what was probably meant and what there is", async () => {
  const lines = await problemsOf(resolveFake(["family=alpa", "data=dtos", "experiment=none"]));
  assert.match(lines, /unknown family "alpa"\. Did you mean "alpha"\? Known: alpha, beta/);
  assert.match(lines, /unknown data set "dtos"\. Did you mean "dots"/);
  assert.match(lines, /unknown experiment "none"/);
  assert.match(await problemsOf(resolveFake(["data=dots"])), /no family is chosen/);
});

test("the last key varies fastest, seeds fastest of all", async () => {
  const runs = await resolveFake([...BASE, "family.layers=1,2", "training.steps=10,20"], {
    seeds: [0, 1],
  });
  assert.equal(
    runs.map(({ config }) => [config.family["layers"], config.training["steps"], config.seed]),
    [1, 2].flatMap((l) => [10, 20].flatMap((s) => [0, 1].map((seed) => [l, s, seed]))),
  );
});

test("an override applies where it exists, and runs that become equal collapse", async () => {
  const runs = await resolveFake(["family=alpha,beta", "data=dots,lines", "family.layers=1,2"]);
  const names = runs.map(({ config }) => `${config.family.name} ${config.data.name}`);
  assert.is(names.filter((name) => name.startsWith("alpha")).length, 4);
  assert.is(names.filter((name) => name.startsWith("beta")).length, 2);
  const lines = await problemsOf(resolveFake(["family=beta", "data=dots", "family.layers=1"]));
  assert.match(lines, /unknown key "layers" in family "beta"/);
});

test("seeds given twice are refused", async () => {
  assert.match(await problemsOf(resolveFake([...BASE, "seed=1"], { seeds: [0] })), /given twice/);
});

test("one bad run among many stops all of them", async () => {
  assert.match(await problemsOf(resolveFake([...BASE, "family.layers=1,2,x"])), /got "x"/);
});

test("the hash is that of the configuration without its seed", async () => {
  const [a, b, c] = await resolveFake([...BASE, "family.layers=1,2"], { seeds: [0, 1] });
  assert.is(a?.configHash, b?.configHash);
  assert.is.not(a?.configHash, c?.configHash);
  assert.match(a?.runId ?? "", /^alpha-dots-[0-9a-f]{12}-s0$/);
});

test("files give defaults below the command line, with their lines in messages", async ({
  folder,
}) => {
  write(folder, "family/alpha.yaml", "layers: 3\nhiden: [8]\n");
  write(
    folder,
    "exp.yaml",
    "family: alpha\ndata: dots\ntraining:\n  steps: 1_000\n  batch: fast\n",
  );
  const lines = await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] }));
  assert.match(lines, /family\/alpha\.yaml:2: unknown key "hiden".* Did you mean "hidden"/);
  assert.match(lines, /exp\.yaml:5: training\.batch: expected a whole number.* got "fast"/);

  write(folder, "family/alpha.yaml", "layers: 3\nhidden: [8]\n");
  const [run] = await resolveFake(["experiment=exp", "training.batch=4", "family.hidden=[2,2]"], {
    folders: [folder],
  });
  assert.is(run?.config.training["steps"], 1000);
  assert.is(run?.config.training["batch"], 4);
  assert.is(run?.config.family["layers"], 3);
  assert.equal(run?.config.family["hidden"], [2, 2]);
  assert.match(run?.origins["family.layers"] ?? "", /alpha\.yaml:1$/);
});

test("a file's sweep gives way to the command line, and a family's own applies where chosen", async ({
  folder,
}) => {
  write(folder, "family/alpha.yaml", "sweep:\n  layers: [1, 2]\n");
  write(
    folder,
    "exp.yaml",
    "sweep:\n  family: [alpha, beta]\n  data: dots, lines\n  seed: range(0,2)\n",
  );
  const options = { folders: [folder] };
  // alpha: 2 data sets × 2 layers × 2 seeds; beta: 2 × 2.
  assert.is((await resolveFake(["experiment=exp"], options)).length, 12);
  assert.is((await resolveFake(["experiment=exp", "data=dots"], options)).length, 6);
  assert.is((await resolveFake(["experiment=exp", "family.layers=5"], options)).length, 8);
  assert.is((await resolveFake(["experiment=exp"], { ...options, seeds: [7] })).length, 6);
});

test("runs: lists explicit points, over which the command line is laid", async ({ folder }) => {
  write(
    folder,
    "exp.yaml",
    "data: dots\nruns:\n  - {family: alpha, family.layers: 2}\n  - family: {name: beta, bins: 4}\n",
  );
  const runs = await resolveFake(["experiment=exp", "training.steps=5"], { folders: [folder] });
  assert.equal(
    runs.map(({ config }) => [config.family.name, config.family["layers"], config.family["bins"]]),
    [
      ["alpha", 2, undefined],
      ["beta", undefined, 4],
    ],
  );
  const laid = await resolveFake(["experiment=exp", "family.layers=9"], { folders: [folder] });
  assert.is(laid[0]?.config.family["layers"], 9);
});

test("a data set asked for by name takes its own entry of runs:, not all of them", async ({
  folder,
}) => {
  const entries = "  - {data: dots, training.steps: 2}\n  - {data: lines, training.steps: 3}\n";
  write(folder, "exp.yaml", `family: alpha\nruns:\n${entries}`);
  const stepsOf = async (data: string) =>
    (await resolveFake(["experiment=exp", `data=${data}`], { folders: [folder] })).map(
      ({ config }) => [config.data.name, config.training["steps"]],
    );
  assert.equal(await stepsOf("lines"), [["lines", 3]]);
  assert.equal(await stepsOf("lines,dots"), [
    ["dots", 2],
    ["lines", 3],
  ]);
});

test("defaults: come first, and a circle of them is refused", async ({ folder }) => {
  write(folder, "training/fast.yaml", "steps: 7\nbatch: 9\n");
  write(folder, "base.yaml", "family: alpha\ndata: dots\n");
  write(folder, "exp.yaml", "defaults: [base, training/fast]\ntraining:\n  batch: 3\n");
  const [run] = await resolveFake(["experiment=exp"], { folders: [folder] });
  assert.equal([run?.config.training["steps"], run?.config.training["batch"]], [7, 3]);
  const [chosen] = await resolveFake([...BASE, "training=fast"], { folders: [folder] });
  assert.is(chosen?.config.training["steps"], 7);
  write(folder, "base.yaml", "defaults: exp\n");
  const lines = await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] }));
  assert.match(lines, /circle: exp → base → exp/);
});

test("a file of a group may be based on an entry and names it in tables", async ({ folder }) => {
  write(folder, "data/mine.yaml", "name: dots\nnoise: 0.5\n");
  const [run] = await resolveFake(["family=alpha", "data=mine"], { folders: [folder] });
  assert.equal([run?.config.data.name, run?.config.data["noise"]], ["dots", 0.5]);
  assert.is(run?.config.data["label"], "mine");
  const own = ["family=alpha", "data=mine", "data.label=other"];
  const [named] = await resolveFake(own, { folders: [folder] });
  assert.is(named?.config.data["label"], "other");
});

test("broken YAML and repeated keys are problems with their lines", async ({ folder }) => {
  write(folder, "exp.yaml", "family: alpha\ndata: [dots\n");
  assert.match(
    await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] })),
    /exp\.yaml:\d: /,
  );
  write(folder, "exp.yaml", "family: alpha\ndata: dots\nfamily: beta\n");
  assert.match(
    await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] })),
    /exp\.yaml:3: Map keys must be unique/,
  );
});

test("+, ++ and ~ mean add, either and delete", async () => {
  const [run] = await resolveFake([
    ...BASE,
    "family.layers=3",
    "++family.layers=4",
    "training.steps=9",
    "~training.steps",
    "data.split={mask: m.csv}",
    "+data.split.fold=2",
  ]);
  assert.is(run?.config.family["layers"], 4);
  assert.is(run?.config.training["steps"], 1000);
  assert.equal(run?.config.data["split"], { mask: "m.csv", fold: 2 });
  const wrong = [
    ["family.layers=3", "+family.layers=4"],
    ["~training.steps"],
    ["data.split={mask: m.csv}", "data.split.fold=2"],
  ];
  for (const texts of wrong) await problemsOf(resolveFake([...BASE, ...texts]));
});

test.run();
