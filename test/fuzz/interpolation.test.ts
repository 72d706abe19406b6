import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/runner/config/problem.ts";
import { resolveFake } from "../runner/fake-catalogue.ts";

/** Known ways out of expression languages, mathjs's among them; none may give more than a number or a text. */
const ESCAPES = [
  'cos.constructor("return process")()',
  'cos["constructor"]("return process")()',
  '(1).constructor.constructor("return process")()',
  '"a".constructor',
  "{}.constructor",
  '{"__proto__": {x: 1}}.x',
  '{a: 1}["__proto__"]',
  "import({cos: 1}, {override: true})",
  'createUnit("foo")',
  'evaluate("1+1")',
  'parse("1+1").compile().evaluate()',
  'compile("1+1").evaluate()',
  "parser().evaluate('1')",
  'simplify("1+1")',
  'simplifyCore("1+1")',
  'derivative("x^2", "x")',
  'rationalize("x/x")',
  'resolve("x", {x: 1})',
  "reviver()",
  "replacer()",
  "chain(1).done()",
  'typed("f", {"number": cos})',
  "config({number: 'BigNumber'})",
  "f(x) = x; f(2)",
  "f = cos; f(0)",
  "map([1, 2], f(x) = x)",
  "help(cos)",
  "expression.docs",
  "math.cos(0)",
  "process.exit(7)",
  "globalThis.process",
  'require("fs")',
  "this",
  'format(cos, {"notation": "fixed"})',
  "print('$a', {a: cos})",
];

for (const escape of ESCAPES)
  test(`no way out of arithmetic: ${escape}`, async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    let given: unknown;
    try {
      const [run] = await resolveFake([
        ...["family=alpha", "data=dots"],
        `data.label="\${${escape.replaceAll('"', '\\"')}}"`,
      ]);
      given = run?.config.data["label"];
    } catch (error) {
      assert.instance(error, ConfigError, String(error));
    }
    assert.ok(
      given === undefined || given === null || ["number", "boolean"].includes(typeof given),
      `gave ${typeof given}: ${String(given)}`,
    );
    assert.is(Object.getOwnPropertyNames(Object.prototype).length, before);
    assert.is(({} as Record<string, unknown>)["x"], undefined);
  });

test("arithmetic that never ends, or needs all memory, is refused in time", async () => {
  for (const text of [
    "ones(100000, 100000)",
    "10000000!",
    "range(0, 1e12)",
    "zeros(1e9)",
    "1:1e12",
    "[1, 2] * 1e9",
  ])
    try {
      await resolveFake(["family=alpha", "data=dots", `family.layers=\${${text}}`]);
      assert.unreachable(text);
    } catch (error) {
      assert.instance(error, ConfigError, `${text}: ${String(error)}`);
    }
});

test.run();
