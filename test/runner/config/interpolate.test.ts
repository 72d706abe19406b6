import * as assert from "uvu/assert";
import { resolveFake } from "../fake-catalogue.ts";
import { BASE, configSuite, problemsOf, write } from "./config-folder.ts";

const test = configSuite("interpolation");

test("interpolation takes the type of what it refers to, and knows arithmetic", async () => {
  const [run] = await resolveFake([
    ...BASE,
    "training.steps=${training.batch * 2 + family.layers}",
    "training.batch=${family.layers}",
  ]);
  assert.is(run?.config.training["batch"], 8);
  assert.is(run?.config.training["steps"], 24);
});

test("texts are equal to themselves, numbers to numbers", async () => {
  const [run] = await resolveFake([
    ...BASE,
    "training.steps=${data.name == 'dots' ? 2 : 3}",
    "training.batch=${data.name != 'dots' ? 4 : 5}",
    "family.layers=${training.steps == 2 ? 6 : 7}",
  ]);
  assert.is(run?.config.training["steps"], 2);
  assert.is(run?.config.training["batch"], 5);
  assert.is(run?.config.family["layers"], 6);
});

test("interpolations in a circle, unknown keys and functions that reach out are refused", async () => {
  const cases = [
    [["training.steps=${training.batch}", "training.batch=${training.steps}"], /circle/],
    [
      ["training.steps=${training.stps}"],
      /there is no key "training\.stps"; did you mean "training\.steps"\?$/,
    ],
    [["training.steps=${evaluate('1')}"], /"evaluate" is not allowed/],
    [["training.steps=${f(x)=x}"], /assignments are not allowed/],
  ] as const;
  for (const [texts, message] of cases)
    assert.match(await problemsOf(resolveFake([...BASE, ...texts])), message);
});

test("env.NAME reads the environment: texts with a path around it, numbers on their own", async () => {
  process.env["FLOWMETER_TEST_A"] = "12";
  process.env["FLOWMETER_TEST_B"] = "../data";
  const [run] = await resolveFake([
    ...BASE,
    "family.layers=${env.FLOWMETER_TEST_A}",
    "data.label=${env.FLOWMETER_TEST_B}/rows.csv",
    "training.steps=${env.FLOWMETER_TEST_A * 2}",
  ]);
  assert.is(run?.config.family["layers"], 12);
  assert.is(run?.config.data["label"], "../data/rows.csv");
  assert.is(run?.config.training["steps"], 24);
});

test("a variable that is not set or empty is named with file, line and cure", async ({
  folder,
}) => {
  process.env["FLOWMETER_TEST_EMPTY"] = "";
  for (const name of ["FLOWMETER_TEST_MISSING", "FLOWMETER_TEST_EMPTY"]) {
    write(folder, "data/mine.yaml", `name: dots\nsplit:\n  mask: \${env.${name}}/mask.csv\n`);
    assert.match(
      await problemsOf(resolveFake(["family=alpha", "data=mine"], { folders: [folder] })),
      new RegExp(
        `mine\\.yaml:2: data\\.split: the environment variable ${name} is .*${name}=VALUE`,
      ),
    );
  }
});

test.run();
