import { test } from "uvu";
import * as assert from "uvu/assert";
import { smooth } from "../../src/contract/solver-program.ts";
import { tf, type Tensor } from "../../src/engine/index.ts";
import { firstStep } from "../../src/ode/first-step.ts";
import { growth } from "../../src/ode/step-control.ts";
import { solve } from "../../src/ode/solve.ts";
import { part, run, within } from "./solving.ts";

test("steps go on by the controller of DOPRI5", async () => {
  // Error over tolerance, that before, the largest factor, whether the step is accepted.
  const rows: readonly [number, number, number, boolean][] = [
    [0.5, 0.3, 10, true],
    [1e-3, 1e-4, 10, true],
    [1e-9, 1, 10, true],
    [1e-9, 1, 1, true],
    [3, 0.01, 10, false],
    [1e7, 0.5, 10, false],
    [NaN, 0.5, 10, false],
    [Infinity, 0.5, 10, false],
  ];
  const got = await run(
    rows.map(([e, before, ceiling, accepted]) => [e, before, ceiling, accepted ? 1 : 0]),
    (start) => {
      const [e, before, ceiling, accepted] = tf.split(start, 4, 1) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      return growth(
        {
          squared: tf.square(e),
          before: tf.log(tf.square(before)),
          ceiling: tf.log(ceiling),
          accepted: tf.greater(accepted, 0),
        },
        5,
      );
    },
  );
  // dopri5.f: fac11 = err^(0.2 − 0.75 · 0.04), fac = fac11 / facold^0.04, h / max(0.1, min(5, fac / 0.9)).
  rows.forEach(([e, before, most, accepted], i) => {
    const wanted = (0.9 / e ** (0.2 - 0.75 * 0.04)) * (accepted ? before ** 0.04 : 1);
    const expected = Number.isFinite(e) ? Math.max(0.2, Math.min(most, wanted)) : 0.2;
    const factor = part(got, "factor")[i] ?? NaN;
    assert.ok(Math.abs(factor / expected - 1) < 1e-12, `row ${i}: ${factor}, not ${expected}`);
  });
});

test("the first step is that of Hairer's algorithm", async () => {
  // y = (3, 4), f = −100 (y − 1), so that d₀, d₁ and d₂ have closed forms.
  const [rtol, atol, span, k] = [1e-3, 1e-5, 10, 5];
  const field = (_: Tensor, y: Tensor): Tensor => tf.mul(tf.sub(y, 1), -100);
  for (const direction of [1, -1]) {
    const got = await run([[3, 4]], (y) => {
      const t = tf.zeros([1, 1]);
      const at = { t, y, slope: field(t, y) };
      return { h: firstStep(field, at, { direction, span, k }, { rtol, atol }) };
    });
    const y = [3, 4];
    const norm = (x: readonly number[]): number =>
      Math.sqrt(x.reduce((sum, v, i) => sum + (v / (atol + rtol * (y[i] ?? 0))) ** 2, 0) / 2);
    const speed = norm(y.map((v) => -100 * (v - 1)));
    const guess = (0.01 * norm(y)) / speed;
    // f changes by −100 · h₀ f over the Euler step.
    const bend = norm(y.map((v) => 100 * 100 * guess * (v - 1))) / guess;
    const expected = Math.min(100 * guess, (0.01 / Math.max(speed, bend)) ** (1 / k), span);
    // Its 0.01 is a float, since a step's length need not be exact.
    const first = part(got, "h")[0] ?? NaN;
    assert.ok(Math.abs(first / expected - 1) < 1e-7, `${first}, not ${expected}`);
  }
});

test("stops on the way do not shorten the steps after them", async () => {
  const at = [0.4, 1.2, 2, 2.8, 3.6].flatMap((time) => [time, time + 1e-6]);
  const got = await run([smooth.solution(0)], (y) => {
    const [plain, stops] = [[], at].map((times) =>
      solve(smooth.dynamics, y, { from: 0, to: 4, at: times }, within(1e-8)),
    );
    return { plain: plain?.evaluations ?? y, stops: stops?.evaluations ?? y };
  });
  // A stop adds a step of 6 evaluations at most; from 1e-6, steps would have to grow again, by 10 at most.
  const [plain = NaN] = part(got, "plain");
  const [stops = NaN] = part(got, "stops");
  assert.ok(stops - plain <= 6 * at.length, `${stops} evaluations, ${plain} without stops`);
});

test.run();
