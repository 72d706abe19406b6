import { join } from "node:path";
import * as assert from "uvu/assert";
import { resolveFake } from "../fake-catalogue.ts";
import { BASE, configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("what was probably meant");

test("a word that is no value of an option comes with what was probably meant", async () => {
  const cases = [
    ["engine=cup", 'unknown engine "cup". Did you mean "cpu"?'],
    ["family.mixing=rotatoin", 'Did you mean "rotation"?'],
    ["family.layers=rnage(2,5)", 'got "rnage(2,5)". Did you mean "range(2,5)"?'],
    ["evaluation.metrics=[nll,c2ts]", 'got ["nll","c2ts"]. Did you mean "c2st"?'],
    ["training=fast", 'unknown training file "fast". There is none; make experiments/training'],
  ] as const;
  for (const [text, message] of cases)
    assert.ok((await problemsOf(resolveFake([...BASE, text]))).includes(message), text);
});

test("a list that was meant as a sweep, and a sweep that was meant as a list, are told so", async ({
  folder,
}) => {
  const cases = [
    ["evaluation.metrics=nll,c2st", 'got "nll". Write a list in brackets: [nll,c2st].'],
    ["family.hidden=64", "got 64. Write a list in brackets: [64]."],
    ["seed=[0,1]", "got [0,1]. For a run of each, write them without brackets: seed=0,1."],
    ["family=[alpha,beta]", 'family: expected the name of one family, got ["alpha","beta"]; write'],
  ] as const;
  for (const [text, message] of cases)
    assert.ok((await problemsOf(resolveFake([...BASE, text]))).includes(message), text);
  write(folder, "exp.yaml", "family: [alpha, beta]\ndata: dots\nseed: [0, 1]\n");
  const lines = await problemsOf(resolveFake(["experiment=exp"], { folders: [folder] }));
  assert.match(lines, /exp\.yaml:1: family: expected the name of one family.*below sweep:/);
  assert.match(lines, /exp\.yaml:3: seed: .* For a run of each, write "seed" below "sweep:"/);
});

test("a range of any numbers for whole ones is told of int, once", async () => {
  const sampler = { kind: "random", samples: 8, seed: 1 } as const;
  for (const range of ["interval(2,12)", "log(2,12)"]) {
    const lines = await problemsOf(resolveFake([...BASE, `family.layers=${range}`], { sampler }));
    assert.is(lines.split("\n").length, 1, lines);
    assert.ok(lines.endsWith(`got ${range}, whose values are not whole. Write int(2,12).`), lines);
  }
});

test("a name of a file is one of those in the folders, without path and ending", async ({
  folder,
}) => {
  write(folder, "exp.yaml", "family: alpha\ndata: dots\n");
  const options = { folders: [join(folder, "sub"), folder] };
  const refused = (name: string) => problemsOf(resolveFake([`experiment=${name}`], options));
  assert.match(await refused("../exp"), /unknown experiment "\.\.\/exp".* Known: exp/);
  assert.match(await refused("experiments/exp.yaml"), /Give its name alone: "exp"/);
});

test.run();
