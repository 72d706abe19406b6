import * as assert from "uvu/assert";
import { resolveFake } from "../fake-catalogue.ts";
import { configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("what is wrong with a request, all at once");

test("a wrong name or a missing one hides no other mistake, in files neither", async ({
  folder,
}) => {
  const typo = [
    "family=alpha",
    "data=dtos",
    "training.batch=abc",
    "family.layers=2,x",
    "engine=cup",
  ];
  const lines = await problemsOf(resolveFake(typo));
  assert.match(lines, /override 3: .*training\.batch: expected a whole number.*got "abc"/);
  assert.match(lines, /override 4: .*family\.layers: expected a whole number.*got "x"/);
  assert.match(lines, /override 5: .*unknown engine "cup"/);
  assert.is(lines.split("\n").length, 4, lines);
  write(folder, "training/fast.yaml", "stps: 3\n");
  write(
    folder,
    "exp.yaml",
    "data: dtos\nfamly: alpha\ntraining: {name: fast, batch: -1}\nsweep: {family.bins: [8, 0.5]}\n",
  );
  const found = await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] }));
  for (const message of [
    /exp\.yaml:1: unknown data set "dtos"/,
    /exp\.yaml:2: unknown key "famly"\. Did you mean "family"\?/,
    /exp\.yaml:3: training\.batch: expected .* got -1/,
    /exp\.yaml:4: family\.bins: expected .* got 0\.5/,
    /fast\.yaml:1: unknown key "stps" in "training"/,
    /no family is chosen/,
  ])
    assert.match(found, message);
  assert.is(found.split("\n").length, 6, found);
  write(folder, "exp.yaml", "default: [base]\n");
  assert.match(
    await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] })),
    /exp\.yaml:1: unknown key "default"\. Did you mean "defaults"\?/,
  );
});

test("what an experiment that cannot be read may have chosen is not called missing", async ({
  folder,
}) => {
  write(folder, "broken.yaml", "family: alpha\ndata: [dots\n");
  write(folder, "baseless.yaml", "defaults: [bsae]\n");
  for (const name of ["none", "broken", "baseless"]) {
    const lines = await problemsOf(resolveFake([`experiment=${name}`], { folders: [folder] }));
    assert.not.match(lines, /is chosen/);
  }
});

test("a file that does not say what it is based on is refused as such", async ({ folder }) => {
  write(folder, "family/noname.yaml", "layers: 2\n");
  write(folder, "family/empty.yaml", "");
  write(folder, "family/wrong.yaml", "name: alpa\n");
  const refused = (name: string) =>
    problemsOf(resolveFake([`family=${name}`, "data=dots"], { folders: [folder] }));
  for (const name of ["noname", "empty"])
    assert.match(
      await refused(name),
      `the file of family "${name}" does not say which family it is based on; add a line name: NAME`,
    );
  assert.match(
    await refused("wrong"),
    /wrong\.yaml:1: unknown family "alpa"\. Did you mean "alpha"/,
  );
});

test("a key in a file is one of the family that the file chooses", async ({ folder }) => {
  const refused = (...texts: string[]) => problemsOf(resolveFake(texts, { folders: [folder] }));
  const unknown = (key: string) => new RegExp(`unknown key "${key}" in family "alpha"\\.`);
  write(folder, "exp.yaml", "data: dots\nfamily: {name: alpha, layrs: 3}\n");
  assert.match(
    await refused("experiment=exp"),
    /"layrs" in family "alpha"\. Did you mean "layers"/,
  );
  write(folder, "exp.yaml", "data: dots\nfamily: {name: alpha, bins: 3}\n");
  assert.match(await refused("experiment=exp"), unknown("bins"));
  assert.match(await refused("experiment=exp", "family=beta"), unknown("bins"));
  // A file that leaves the family to the command line is for any of them.
  write(folder, "exp.yaml", "data: dots\nfamily: {bins: 3}\n");
  await resolveFake(["experiment=exp", "family=alpha"], { folders: [folder] });
  write(folder, "exp.yaml", "data: dots\nfamily: {bns: 3}\n");
  assert.match(await refused("experiment=exp", "family=alpha"), unknown("bns"));
  for (const [text, message] of [
    ["sweep: {laiers: [2, 3]}", unknown("laiers")],
    ["sweep: {bins: [2, 3]}", unknown("bins")],
    [
      "sweep: {family.layers: [2, 3]}",
      /belong to family already; write "layers:" without "family"/,
    ],
    ["family.layers: 2", /write "layers:"/],
    ["family: {layers: 2}", /write "layers:"/],
  ] as const) {
    write(folder, "family/mine.yaml", `name: alpha\n${text}\n`);
    assert.match(await refused("family=mine", "data=dots"), message);
  }
});

test.run();
