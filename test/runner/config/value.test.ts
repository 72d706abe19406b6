import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseChoices } from "../../../src/runner/config/choices.ts";
import { parseValue } from "../../../src/runner/config/value.ts";

const cases: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["true", true],
  ["False", false],
  ["3", 3],
  ["-2.5", -2.5],
  [".5", 0.5],
  ["1e-3", 1e-3],
  ["1_000", 1000],
  ["1_000.000_5e3", 1000000.5],
  ["1.", 1],
  ["1_", "1_"],
  ["1__0", "1__0"],
  ["1_.5", "1_.5"],
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["", ""],
  ["word", "word"],
  ["1.2.3", "1.2.3"],
  ["0x10", "0x10"],
  ["data/my rows.csv", "data/my rows.csv"],
  ["it's", "it's"],
  ["C:\\rows.csv", "C:\\rows.csv"],
  ["'3'", "3"],
  ['"a,b"', "a,b"],
  ['"say \\"so\\""', 'say "so"'],
  ["[]", []],
  ["[64,64]", [64, 64]],
  ["[a, 'b,c', [1, true]]", ["a", "b,c", [1, true]]],
  ["{a: 1}", { a: 1 }],
  ["{a: 1, b: {c: [2]}}", { a: 1, b: { c: [2] } }],
  ["time(Time)", "time(Time)"],
  ["${training.steps}", "${training.steps}"],
];
for (const [text, value] of cases)
  test(`the text ${text || "(empty)"} is the value ${JSON.stringify(value)}`, () => {
    assert.equal(parseValue(text), value);
  });

test("nan is the number", () => {
  assert.ok(Number.isNaN(parseValue("nan")));
});

for (const text of ["[1,2", "{a: 1", "{a}", "'open", "[1]2", '"a"b'])
  test(`${text} is refused`, () => {
    assert.throws(() => parseValue(text), /missing|expected|closed|behind/);
  });

const sweeps: readonly (readonly [string, readonly unknown[]])[] = [
  ["1", [1]],
  ["1,2", [1, 2]],
  ["[1,2],[3]", [[1, 2], [3]]],
  ["'a,b',c", ["a,b", "c"]],
  ["range(3)", [0, 1, 2]],
  ["range(1,4)", [1, 2, 3]],
  ["range(0,1,0.25)", [0, 0.25, 0.5, 0.75]],
  ["range(3,0,-1)", [3, 2, 1]],
  ["range(0.1,0.5,0.1)", [0.1, 0.2, 0.3, 0.4]],
  ["range(0,0.3,0.1)", [0, 0.1, 0.2]],
  ["range(1,0,-0.35)", [1, 0.65, 0.3]],
  ["range(1e-7,4e-7,1e-7)", [1e-7, 2e-7, 3e-7]],
  ["range(0.5,3)", [0.5, 1.5, 2.5]],
  ["range(1e30,3e30,1e30)", [1e30, 2e30]],
  ["choice(a,b),c", ["a", "b", "c"]],
  ["glob(a*)", ["alpha", "apex"]],
  ["${a.b},2", ["${a.b}", 2]],
];
for (const [text, values] of sweeps)
  test(`the sweep ${text} has the values ${JSON.stringify(values)}`, () => {
    assert.equal(parseChoices(text, ["alpha", "beta", "apex"]).values, values);
  });

test("a range stands for a value at every share of it", () => {
  const at = (text: string, u: number) => parseChoices(text).at?.(u);
  assert.equal(
    [0, 0.5, 0.999].map((u) => at("interval(2,4)", u)),
    [2, 3, 3.998],
  );
  // Half way in factors; four digits are enough.
  assert.equal(
    [0, 0.5].map((u) => at("log(1e-4,1e-2)", u)),
    [1e-4, 1e-3],
  );
  assert.is(at("log(1,10)", 0.5), 3.162);
  assert.equal(
    [0, 0.34, 0.999].map((u) => at("int(1,3)", u)),
    [1, 2, 3],
  );
  assert.equal(parseChoices("zip(range(2),[7])"), { values: [0, 1, [7]], zipped: true });
});

test("ranges that are none, and what cannot stand beside other values, are refused", () => {
  assert.throws(
    () => parseChoices("interval(4,2)"),
    /expected interval\(low,high\) with low < high/,
  );
  assert.throws(() => parseChoices("interval(4)"), /expected interval\(low,high\)/);
  assert.throws(() => parseChoices("log(0,2)"), /ends above 0/);
  assert.throws(() => parseChoices("int(0,2.5)"), /whole numbers/);
  assert.throws(() => parseChoices("1,interval(2,3)"), /interval\(2,3\) stands alone/);
  assert.throws(() => parseChoices("zip(zip(1))"), /zip\(1\) stands alone/);
  assert.throws(() => parseChoices("zip()"), /no values/);
});

test("a range that has no values, and a glob that matches nothing, are refused", () => {
  assert.throws(() => parseChoices("range(3,3)"), /no values/);
  assert.throws(() => parseChoices("choice()"), /choice\(\) has no values; give at least one/);
  assert.throws(() => parseChoices("range(0,1,0)"), /no values/);
  assert.throws(() => parseChoices("glob(z*)", ["alpha"]), /matches nothing; there are alpha/);
});

test.run();
