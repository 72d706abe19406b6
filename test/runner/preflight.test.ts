import { mkdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeNpy } from "../../src/datasets/npy.ts";
import { createLibrary } from "../../src/runner/config/library.ts";
import { parseOverrides } from "../../src/runner/config/override.ts";
import { describeOrigin } from "../../src/runner/config/problem.ts";
import { resolveRuns } from "../../src/runner/config/resolve.ts";
import { loadCatalogue } from "../../src/runner/load-catalogue.ts";
import { preflight, type AskEngine } from "../../src/runner/preflight.ts";
import { folder, put } from "../datasets/load-file.ts";

const catalogue = await loadCatalogue();
const table = put("preflight.csv", `a,b,c\n${"1,2,u\n3,4,v\n".repeat(30)}`);
const FILE = ["data=file", `data.path=${table}`, "data.categories=[c]"];

/** What is found of these overrides, a line each. */
async function problemsOf(texts: readonly string[], askEngine?: AskEngine) {
  const overrides = parseOverrides(texts);
  const runs = await resolveRuns({ overrides }, catalogue, createLibrary([]));
  const found = await preflight(runs, catalogue, askEngine);
  return found.map(({ origin, message }) => `${origin ? describeOrigin(origin) : ""}: ${message}`);
}

test("data that are not there, or not so, are found without reading rows", async () => {
  const cases = [
    [["family=gaussian", "data=file"], /^override 2: data=file: .*set data\.path/],
    [
      ["family=gaussian", "data=file", "data.path=no.csv"],
      /^override 3: .*no\.csv: .*no such file/,
    ],
    [["family=gaussian", ...FILE, "data.columns=[a,q]"], /\(a, b, c\), got "q"/],
    [["family=gaussian", ...FILE, "data.split={mask: no-mask.csv, fold: 0}"], /no-mask\.csv/],
    [["family=gaussian", ...FILE, "data.testPath=no-test.csv"], /no-test\.csv/],
    [["family=gaussian", ...FILE, "data.condition=[d]"], /got "d".*Known: c, a, b/],
    [["family=gaussian", "data=two-moons", "data.condition=[zz]"], /^override 3: .*got "zz"/],
    [["family=gaussian", "data=two-moons", "data.split=[0.5,0.1,0.1]"], /add up to 1/],
    [["family=gaussian", "data=gaussian", "data.spectrum=[1,2]"], /as many eigenvalues/],
    [["family=gaussian", "data=copies", "data.dim=3"], /even number/],
    [["family=glow", "data=faces", "data.standardise=true"], /^override 3: .*for tables/],
  ] as const;
  for (const [texts, message] of cases) {
    const found = await problemsOf(texts);
    assert.is(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", message);
  }
});

test("what is wrong with the rows is said of the key that is to blame", async () => {
  const rows = ["family=real-nvp", "data=two-moons"];
  const cases = [
    [[...rows, "data.split=[0.9,0.05]"], /^override 3: data\.split=.*three shares/],
    [[...rows, "data.size=2"], /^override 3: data\.size=2: .*at least 1 training/],
    [[...rows, "data.noise=0.2", "data.size=2"], /^override 4: data\.size=2/],
    [[...rows, "data.bounds={zz:[0,1]}"], /^override 3: .*a column that is modelled, got "zz"/],
    [[...rows, "data.bounds={x1:[1,0]}"], /^override 3: .*low < high for "x1"/],
    [[...rows, "data.bounds=[null,null]"], /^override 3: .*low < high for all columns/],
    [["family=gaussian", ...FILE, "data.columns=[a,q]"], /^override 5: .*got "q"/],
  ] as const;
  for (const [texts, message] of cases) {
    const found = await problemsOf(texts);
    assert.is(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", message);
  }
  assert.equal(await problemsOf([...rows, "data.bounds={x1:[-9,null]}"]), []);
});

test("families that do not take such rows are found, each once", async () => {
  const seeds = "seed=0,1";
  const cases = [
    [
      ["family=glow,real-nvp", "data=two-moons", seeds],
      /^override 1: .*family "glow" takes images/,
    ],
    [["family=gaussian", "data=faces", seeds], /family "gaussian" takes tables/],
    [["family=optimal-affine", ...FILE, "data.condition=[c]"], /"optimal-affine" has no condition/],
    [["family=real-nvp", ...FILE, "data.condition=[a]"], /at least 2 dimensions, "file" has 1/],
    [["family=real-nvp", "data=gaussian", "data.dim=1,2"], /at least 2 dimensions/],
    [
      ["family=optimal-affine", "family.active=3,20", "data=gaussian", "data.dim=20"],
      /expected active in 1\.\.19 at D = 20, got 20/,
    ],
  ] as const;
  for (const [texts, message] of cases) {
    const found = await problemsOf(texts);
    assert.is(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", message);
  }
  for (const texts of [
    ["family=glow", "data=faces"],
    ["family=real-nvp", "data=faces", "data.flatten=true", "data.condition=[smile]"],
    ["family=real-nvp", ...FILE, "data.condition=[c]"],
  ])
    assert.equal(await problemsOf(texts), []);
});

test("the shape of an array is read off its beginning, however long it is", async () => {
  // Beyond what counts as the beginning, and zeros behind a header that says so.
  const values = new Float64Array(300_000);
  const path = put("preflight.npy", Buffer.from(writeNpy(values, [3000, 10, 10])));
  const image = ["data=file", `data.path=${path}`];
  assert.match((await problemsOf(["family=real-nvp", ...image])).join(), /shape \[10, 10, 1\]/);
  assert.equal(await problemsOf(["family=glow", ...image]), []);
  assert.match(
    (await problemsOf(["family=glow", ...image, "data.imageShape=[3,3,3]"])).join(),
    /imageShape: expected/,
  );
  mkdirSync(`${folder}/no-images`, { recursive: true });
  assert.match(
    (await problemsOf(["family=glow", "data=file", `data.path=${folder}/no-images`])).join(),
    /expected PNG images/,
  );
});

test("the first rows of a long table tell its columns; what comes behind is left to the run", async () => {
  const row = `${"0.123456789,".repeat(9)}1\n`;
  const path = put("long.csv", `${"abcdefghi".split("").join(",")},j\n${row.repeat(20_000)}x,y\n`);
  const long = ["family=gaussian", "data=file", `data.path=${path}`];
  assert.equal(await problemsOf(long), []);
  assert.match((await problemsOf([...long, "data.condition=[k]"])).join(), /got "k"/);
  const wide = put("wide.csv", `${"1,".repeat(600_000)}1\n`);
  assert.equal(await problemsOf(["family=glow", "data=file", `data.path=${wide}`]), []);
});

test("an engine is asked for once where it is named, and auto never", async () => {
  const asked: string[] = [];
  const ask: AskEngine = (engine) => {
    asked.push(engine);
    return Promise.resolve(engine === "cpu" ? undefined : `no ${engine} here`);
  };
  const base = ["family=gaussian", "data=two-moons,circles"];
  assert.equal(await problemsOf([...base, "engine=auto,cpu"], ask), []);
  assert.equal(await problemsOf(["family=gaussian", "data=circles", "engine=cuda"], ask), [
    "override 3: engine=cuda: no cuda here",
  ]);
  assert.equal(asked, ["cpu", "cuda"]);
  assert.equal(await problemsOf([...base, "engine=cuda"]), []);
});

test.run();
