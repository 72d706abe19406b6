import * as assert from "uvu/assert";
import { resolveFake } from "../fake-catalogue.ts";
import { BASE, configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("overrides");

test("of a key that is given twice the later counts, lists of values too", async () => {
  const cases = [
    [["family.layers=2", "family.layers=8"], [8]],
    [["family.layers=2,4", "family.layers=8"], [8]],
    [
      ["family.layers=2,4", "family.layers=6,8"],
      [6, 8],
    ],
    [
      ["family.layers=2", "family.layers=6,8"],
      [6, 8],
    ],
    // Choosing a family is no word about its layers.
    [
      ["family.layers=2,4", "family=alpha"],
      [2, 4],
    ],
  ] as const;
  for (const [texts, expected] of cases) {
    const runs = await resolveFake([...BASE, ...texts]);
    assert.equal(
      runs.map(({ config }) => config.family["layers"]),
      expected,
      texts.join(" "),
    );
  }
  const split = await resolveFake([...BASE, "data.split.fold=1,2", "data.split={mask: m.csv}"]);
  assert.equal(
    split.map(({ config }) => config.data["split"]),
    [{ mask: "m.csv" }],
  );
});

test("what has several values can be neither added nor deleted", async () => {
  for (const text of ["+family.layers=8", "~family.layers"]) {
    const problems = await problemsOf(resolveFake([...BASE, "family.layers=2,4", text]));
    assert.match(problems, /override 4: .* has several values already \(override 3/);
  }
});

test("a family or data set cannot be deleted, only replaced", async () => {
  for (const key of ["family", "data", "family.name"]) {
    const problems = await problemsOf(resolveFake([...BASE, `~${key}`]));
    assert.match(problems, /override 3: .*: a run needs a (family|data); choose another one: /);
  }
});

test("what cannot be changed or deleted is said once, with what can be done", async () => {
  const cases = [
    ["~training", /: nothing but the default is set for training, so there is nothing to delete/],
    ["~training.foo", /: unknown key "foo" in "training"/],
    ["~foo", /: unknown key "foo"/],
    [
      "training.steps.x=3",
      /: training\.steps is 1000, which has no "x" inside; write training\.steps=… to replace it/,
    ],
    ["data.bounds.x=[0,1]", /: data\.bounds has no "x" to change; write \+data\.bounds\.x=…/],
  ] as const;
  for (const [text, message] of cases) {
    const problems = await problemsOf(resolveFake([...BASE, text]));
    assert.match(problems, message);
    assert.is(problems.split("\n").length, 1, problems);
  }
  // Of the families of a sweep only those that have the key.
  const texts = ["family=alpha,beta", "data=dots", "++family.layers=3", "~family.layers"];
  assert.is((await resolveFake(texts)).length, 2);
});

test("there is one experiment", async ({ folder }) => {
  for (const name of ["a", "b"]) write(folder, `${name}.yaml`, "family: alpha\ndata: dots\n");
  const refused = (...texts: string[]) => problemsOf(resolveFake(texts, { folders: [folder] }));
  assert.match(
    await refused("experiment=a,b"),
    /override 1: .*expected the name of one experiment/,
  );
  assert.match(await refused("~experiment", ...BASE), /expected the name of one experiment/);
  assert.match(
    await refused("experiment=a", "experiment=b"),
    /override 2: experiment=b: override 1: experiment=a names an experiment already; leave one out/,
  );
});

test("glob is over entries, files of one's own, engines, and the words of options", async ({
  folder,
}) => {
  write(folder, "family/small.yaml", "name: alpha\nlayers: 1\n");
  write(folder, "data/dots-16.yaml", "name: dots\nnoise: 0.5\n");
  const runsOf = (...texts: string[]) => resolveFake(texts, { folders: [folder] });
  const layers = async (...texts: string[]) =>
    (await runsOf("data=dots", ...texts)).map(({ config }) => config.family["layers"]);
  assert.equal(await layers("family=glob(*a*)"), [8, undefined, 1]);
  assert.equal(await layers("family=glob(s*)"), [1]);
  const labels = (await runsOf("family=alpha", "data=glob(dots*)")).map((run) => run.config.data);
  assert.equal(
    labels.map((data) => data["label"]),
    [null, "dots-16"],
  );
  const mixings = async (...texts: string[]) =>
    (await runsOf("data=dots", ...texts)).map(({ config }) => config.family["mixing"]);
  const all = ["rotation", "permutation", "none"];
  assert.equal(await mixings("family=alpha", "family.mixing=glob(*)"), all);
  assert.equal(await mixings("family=small", "family.mixing=glob(*o*)"), all);
  const engines = (await runsOf(...BASE, "engine=glob(*)")).map(({ config }) => config.engine.name);
  assert.equal(engines, ["auto", "cpu"]);
  assert.match(
    await problemsOf(runsOf(...BASE, "family.layers=glob(*)")),
    /glob\(\*\) matches nothing here/,
  );
});

test.run();
