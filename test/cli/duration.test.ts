import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseDuration } from "../../src/cli/duration.ts";
import { saying } from "../saying.ts";

const test = suite("durations");

test("a number has a unit, or is of seconds", () => {
  const cases = {
    "90s": 90,
    "10m": 600,
    "2h": 7200,
    "1.5h": 5400,
    "1d": 86_400,
    "7": 7,
    " 3 m ": 180,
  };
  for (const [text, seconds] of Object.entries(cases))
    assert.is(parseDuration("timeout", text), seconds, text);
});

test("what is no time, or too long for a timer, is refused with its option", () => {
  for (const text of ["", "s", "-1", "0", "0s", "1w", "1h30m", "1e3", "Infinity", "25d"])
    assert.throws(() => parseDuration("grace", text), saying(`--grace ${text}: expected a time`));
});

test.run();
