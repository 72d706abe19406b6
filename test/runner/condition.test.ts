import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { conditionOn } from "../../src/datasets/condition-on.ts";
import { fitConditionScaling } from "../../src/datasets/condition-scaling.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, selectRows } from "../../src/math/rows.ts";
import { put } from "../datasets/load-file.ts";
import { metric, perform, refusal } from "./perform.ts";

/** x = 2 c + 3 [k = "b"] + 0.5 e, y = −c + f: a linear Gaussian model given a number c and a class k. */
const N = 4000;
const [slope, shift, sd] = [2, 3, 0.5];
function linearTable(): string {
  const rng = createRng("linear");
  const [c, e, f] = [rng.normals(N), rng.normals(N), rng.normals(N)];
  const k = rng.integers(N, 2);
  const lines = Array.from({ length: N }, (_, i) => {
    const [ci = 0, ei = 0, fi = 0] = [c[i], e[i], f[i]];
    const shifted = slope * ci + (k[i] === 1 ? shift : 0) + sd * ei;
    return [shifted, 10 * ci + 100, fi - ci, k[i] === 1 ? "b" : "a", i % 7].join(",");
  });
  return `x,c,y,k,odd\n${lines.join("\n")}\n`;
}
const path = put("linear.csv", linearTable());
const LINEAR = ["data=file", `data.path=${path}`, "data.columns=[x,c,y]", "data.categories=[k]"];
/** Of N(0, 0.25) and N(0, 1), independent. */
const ENTROPY = Math.log(2 * Math.PI * Math.E) + Math.log(sd);

test("a Gaussian given its condition reaches the conditional entropy, and is linear regression", async () => {
  const run = await perform(["family=gaussian", ...LINEAR, "data.condition=[c,k]"]);
  assert.equal(run.dataset.columns, ["x", "y"]);
  assert.equal(run.dataset.condition?.columns, ["c", "k=a", "k=b"]);
  // s.e. of the mean of −log p over 400 test rows with two Gaussian columns: √(2/2)/20 = 0.05; four of them.
  assert.ok(Math.abs(metric(run, "test_nll") - ENTROPY) < 0.2);
  const { samples } = run.evaluated ?? {};
  const given = run.dataset.condition?.test;
  for (let i = 0; i < 1000; i++) {
    const [c = NaN, , b = NaN] = given?.values.subarray(3 * (i % given.count)) ?? [];
    const centre = (slope * (c - 100)) / 10 + shift * b;
    // Six deviations of 0.5: the draws kept beside the record are for the test rows' conditions, in their order.
    assert.ok(Math.abs((samples?.values[2 * i] ?? NaN) - centre) < 3, `draw ${i}`);
  }
  const at = async (c: number, k: number, x: number, y: number): Promise<number> =>
    (await run.flow.logProb([[x, y]], { context: [[c, k]] })).value[0] ?? NaN;
  // log p of the true model at the mode; 3,200 rows know means and deviations to 1.3 %: 0.04 nats.
  for (const [c, k] of [
    [80, 0],
    [110, 1],
  ] as const) {
    const standard = (c - 100) / 10;
    const mode = await at(c, k, slope * standard + shift * k, -standard);
    assert.ok(Math.abs(mode - (-Math.log(2 * Math.PI) - Math.log(sd))) < 0.08, `${mode}`);
  }
});

test("a coupling flow uses its condition, and samples obey it", async () => {
  const run = await perform([
    ...["family=real-nvp", "family.layers=4", "family.hidden=[32]", ...LINEAR],
    ...["data.condition=[c,k]", "data.standardise=true", "training.steps=400", "seed=1"],
    ...["training.batch=256", "training.learningRate=5e-3", "training.schedule=cosine"],
  ]);
  const blind = await perform(["family=gaussian", ...LINEAR, "data.columns=[x,y]"]);
  // The condition is worth 1.5 nats here; what 400 steps leave to the true entropy is far less than half of that.
  assert.ok(metric(run, "test_nll") < ENTROPY + 0.35, String(metric(run, "test_nll")));
  assert.ok(metric(blind, "test_nll") > ENTROPY + 1);
  const mean = async (context: number[][]): Promise<number> => {
    const { values } = await run.flow.sample(500, { context });
    return values.filter((_, i) => i % 2 === 0).reduce((sum, x) => sum + x, 0) / 500;
  };
  // Means −2 and 5; their s.e. over 500 draws is 0.03, and the fit is off by a few hundredths.
  assert.ok(Math.abs((await mean([[90, 0]])) - -2) < 0.3);
  assert.ok(Math.abs((await mean([[110, 1]])) - 5) < 0.3);
  const each = Array.from({ length: 4 }, (_, i) => [90 + 20 * (i % 2), i % 2]);
  const { values } = await run.flow.sample(4, { context: each });
  for (let i = 0; i < 4; i++) assert.is((values[2 * i] ?? 0) > 1.5, i % 2 === 1);
  assert.equal(
    [...(await run.flow.sample(4, { context: [[90, 1, 0]] })).values],
    [...(await run.flow.sample(4, { context: [[90, 0]] })).values],
  );
  const back = await run.flow.decode(await run.flow.encode([[1, 2]], { context: [[90, 0]] }), {
    context: [[90, 0]],
  });
  assert.ok(Math.abs((back.values[0] ?? NaN) - 1) < 1e-6);
});

test("numbers of the condition are standardised on the training rows, one-hot columns are not", async () => {
  const { preprocessing, dataset } = await perform([
    ...["family=gaussian", ...LINEAR, "data.condition=[k,c]"],
  ]);
  const { condition } = preprocessing;
  const train = dataset.condition?.train;
  if (!train || !condition) throw new Error("no condition");
  const seen = condition.apply(train);
  const column = (j: number): number[] => [...seen.values].filter((_, i) => i % 3 === j);
  const mean = (x: number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length;
  assert.ok(Math.abs(mean(column(2))) < 1e-12);
  assert.ok(Math.abs(mean(column(2).map((v) => v * v)) - 1) < 1e-12);
  assert.equal(new Set([...column(0), ...column(1)]), new Set([0, 1]));
  assert.ok(column(0).every((v, i) => v + (column(1)[i] ?? 0) === 1));
});

const rows = (...values: number[]) => makeRows(Float64Array.from(values), [1]);
const withTruth: Dataset = {
  name: "known",
  shape: [2],
  columns: ["x1", "x2"],
  ...{
    train: selectRows(
      makeRows(
        new Float64Array(8).map((_, i) => Math.sin(i * i)),
        [2],
      ),
      [0, 1, 2, 3],
    ),
  },
  ...{ validation: makeRows(new Float64Array(2), [2]), test: makeRows(Float64Array.of(1, 2), [2]) },
  testIds: Int32Array.of(0),
  entropy: { value: 1, stderr: 0, method: "closed form" },
  logDensity: () => Float64Array.of(-1),
  conditionalLogDensity: (x, a) => Float64Array.of(-(x.values[0] ?? 0) - 10 * (a.values[0] ?? 0)),
  attributes: { of: [{ name: "a" }], train: rows(1, 2, 3, 4), validation: rows(1), test: rows(5) },
  likelihood: "exact",
  duplicates: 0,
  notes: [],
  digest: "",
};

test("densities of the data are kept where they are still those of the rows given the condition", () => {
  const all = conditionOn(withTruth, ["a"]);
  assert.equal([all.entropy, all.logDensity], [undefined, undefined]);
  assert.ok(all.conditionalLogDensity);
  const column = conditionOn(withTruth, ["x2"]);
  assert.equal([column.entropy, column.conditionalLogDensity], [undefined, undefined]);
  assert.equal([column.shape, column.columns], [[1], ["x1"]]);
  assert.equal([...(column.condition?.test.values ?? [])], [2]);
  assert.equal([...column.test.values], [1]);
});

test("KL of a conditional flow is paired with the data's density given all attributes", async () => {
  const run = await perform(["family=gaussian", "data=two-moons", "data.condition=[a]"], {
    ...withTruth,
    columns: ["x1", "x2"],
  });
  // The density says −1 − 50 at the one test row.
  assert.ok(Math.abs(metric(run, "kl") - (-51 + metric(run, "test_nll"))) < 1e-9);
  assert.is(run.evaluated?.metrics["entropy"], undefined);
});

test("a condition that cannot be is refused before training, with cause and cure", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["data.condition=[cc]"],
      /expected a column or attribute of "file", got "cc"\. Did you mean "c"\? Known: k, x, c, y/,
    ],
    [["data.condition=[]"], /at least one name, got \[\]; .*data\.condition=null/],
    [["data.condition=[c,c]"], /each name once, got "c" twice/],
    [["data.condition=[x,c,y]"], /column that is left to model, got all 3 .*take one out/],
    [["data.condition=3"], /data\.condition: expected a list/],
  ];
  for (const [more, message] of cases)
    assert.match(await refusal(() => perform(["family=gaussian", ...LINEAR, ...more])), message);
  const constant = put("constant.csv", "a,b\n1,2\n3,2\n2,2\n5,2\n4,2\n");
  const same = ["family=gaussian", "data=file", `data.path=${constant}`, "data.condition=[b]"];
  assert.match(
    await refusal(() => perform(same)),
    /expected "b" to vary .*got one value only; take/,
  );
});

test("a context that is missing, too much or of the wrong size is refused", async () => {
  const given = (await perform(["family=gaussian", ...LINEAR, "data.condition=[c,k]"])).flow;
  const plain = (await perform(["family=gaussian", ...LINEAR])).flow;
  const one = [[1, 2]];
  const context = (value: number[][]) => ({ context: value });
  const cases: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => given.logProb(one), /conditional on c, k, got none; .*--context/],
    [() => given.sample(2), /sample: expected a context/],
    [() => plain.sample(2, context([[1, 2]])), /expected no context.*train with data\.condition/],
    [
      () =>
        given.sample(
          3,
          context([
            [1, 0],
            [1, 1],
          ]),
        ),
      /expected 1 row of context for all, or 3, got 2/,
    ],
    [
      () => given.sample(1, context([[1]])),
      /expected 2 numbers \(c, k\), or 3 numbers \(c, k=a, k=b\) per row, got 1/,
    ],
    [() => given.sample(1, context([[1, 2]])), /index from 0 to 1 \(a, b\) for "k", got 2/],
    [() => given.sample(1, context([[1, 1, 1]])), /one 1 and else 0 for the classes of "k"/],
    [() => given.sample(1, context([[NaN, 1]])), /row 0, column 0 is NaN/],
  ];
  for (const [run, message] of cases) assert.match(await refusal(run), message);
});

test("a class whose words are numbers is given by its word", () => {
  const of = [{ name: "digit", classes: ["3", "5", "9"] }];
  const train = makeRows(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), [3]);
  const condition = {
    of,
    columns: [],
    oneHot: [true, true, true],
    train,
    validation: train,
    test: train,
  };
  const scaling = fitConditionScaling(condition);
  assert.equal([...scaling.apply(rows(9)).values], [0, 0, 1]);
  assert.throws(() => scaling.apply(rows(0)), /expected one of 3, 5, 9 for "digit", got 0/);
});

test.run();
