import { test } from "uvu";
import * as assert from "uvu/assert";
import { flagProblems, type KnownOptions } from "../../src/cli/check-flags.ts";

const known: KnownOptions = {
  key: { jobs: true, j: true, out: true, json: true, reuse: true },
  alias: { jobs: ["j"] },
  ...{ array: ["reuse"], boolean: ["json"], number: ["jobs"], string: ["out", "reuse"] },
};
const problems = (line: string): readonly string[] =>
  flagProblems(line === "" ? [] : line.split(" "), known);

test("options that yargs would take for something else are named with what came", () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "--out x --out y": /--out is given 2 times, as x and y; give it once/,
    "--out=x --out y": /as x and y/,
    "--jobs 2 -j3": /-j is given 2 times, as 2 and 3/,
    "--no-out": /Unknown argument: --no-out/,
    "-j --json": /-j: expected a value after it, got none/,
    "--out --json": /--out: expected a value/,
    "--out=": /--out: expected a value/,
    "--reuse": /--reuse: expected a value/,
    "-j two": /-j two: expected a number, got "two"/,
    "--jobs=two": /expected a number/,
    "--json=maybe": /--json=maybe: expected true or false/,
  };
  for (const [line, expected] of Object.entries(cases)) {
    assert.is(problems(line).length, 1, line);
    assert.match(problems(line)[0] ?? "", expected);
  }
});

test("what is in order is let through", () => {
  for (const line of [
    "",
    "-j 2 --out x --json",
    "-j2 --out=x --json=false",
    "--no-json",
    "--json --json",
    "--json word",
    "--reuse a --reuse b",
    "--jobs -1",
    "--jobs 1e3",
    // Words after -- are none of ours.
    "--out x -- --out y",
  ])
    assert.equal(problems(line), [], line);
});

test.run();
