import { test } from "uvu";
import * as assert from "uvu/assert";
import { sweepClock } from "../../src/cli/sweep-clock.ts";

/** A clock whose time the test sets. */
function clockOf(total: number, jobs: number) {
  let time = 0;
  const clock = sweepClock(total, jobs, () => time);
  return {
    ...clock,
    at(seconds: number) {
      time = seconds;
      return clock;
    },
  };
}

test("runs that are used again are finished and say nothing about the time", () => {
  const clock = clockOf(3, 1);
  clock.end("a", "unworked");
  assert.equal([clock.finished(), clock.left()], [1, NaN]);
  clock.begin("b");
  clock.at(10).end("b", "worked");
  assert.equal([clock.finished(), clock.left()], [2, 10]);
});

test("before the first end the running run's own word counts, for those that wait as well", () => {
  const clock = clockOf(4, 2);
  clock.begin("a");
  assert.equal(clock.left(), NaN);
  clock.at(2).progress("a", 8);
  // 8 s of a, and three runs of 10 s, two at a time.
  assert.is(clock.left(), (8 + 30) / 2);
  clock.at(5);
  assert.is(clock.left(), (5 + 30) / 2, "time passes between two words");
  clock.at(60);
  assert.is(clock.left(), 15, "a run that takes longer than it said");
});

test("nothing ends before the longest run at work", () => {
  const clock = clockOf(2, 2);
  for (const name of ["a", "b"]) clock.begin(name);
  clock.at(1).progress("a", 100);
  clock.progress("b", 4);
  assert.is(clock.left(), 100);
  clock.at(5).end("b", "worked");
  assert.is(clock.left(), 96);
});

test("of runs at work that say nothing the usual time is left", () => {
  const clock = clockOf(3, 1);
  clock.begin("a");
  clock.at(6).end("a", "worked");
  clock.begin("b");
  assert.is(clock.at(8).left(), 4 + 6);
  clock.at(12).end("b", "worked");
  clock.begin("c");
  clock.at(13).end("c", "worked");
  assert.equal([clock.finished(), clock.left()], [3, 0]);
});

test("a sweep that is being stopped has no time left, and what was not started is not finished", () => {
  const clock = clockOf(3, 1);
  clock.begin("a");
  clock.at(10).end("a", "worked");
  clock.end("b", "stopped");
  assert.equal([clock.finished(), clock.left()], [1, NaN]);
});

test("what another process works on is neither finished nor waited for", () => {
  const clock = clockOf(3, 1);
  clock.begin("a");
  clock.at(10).end("a", "worked");
  clock.end("b", "elsewhere");
  assert.equal([clock.finished(), clock.left()], [1, 10]);
});

test.run();
