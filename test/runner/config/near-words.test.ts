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
