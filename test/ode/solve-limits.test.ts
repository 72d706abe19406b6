import { test } from "uvu";
import * as assert from "uvu/assert";
import { explosion, smooth } from "../../src/contract/solver-program.ts";
import { tf, type Tensor } from "../../src/engine/index.ts";
import { ModelError } from "../../src/model.ts";
import type { DynamicsOfRows } from "../../src/ode/dynamics.ts";
import { solve } from "../../src/ode/solve.ts";
import type { Interval, Solver } from "../../src/ode/solver.ts";
import { saying } from "../saying.ts";
import { FLOAT64, part, run, steps, within } from "./solving.ts";

/** dx/dt = λ x in the first column, λ a number of each row. */
const growing: DynamicsOfRows<"rate"> = (_, y, { rate }) => tf.mul(y, rate);

test("many rows end as they would alone, slow and hopeless ones among them", async () => {
  const count = 2100;
  // Some rows are fast to solve, a few much slower, and one cannot be solved in 1000 steps.
  const rates = Array.from({ length: count }, (_, i) =>
    i === 77 ? -1e6 : i % 100 === 5 ? -200 - i / 10 : -1 - i / count,
  );
  const got = await run(
    rates.map((rate) => [1, rate]),
    (start) => {
      const [x, rate] = tf.split(start, 2, 1) as [Tensor, Tensor];
      const interval = { from: 0, to: 1, at: [0.01] };
      const together = solve(growing, x, interval, within(1e-6, "tsit5"), { rate });
      const plain = solve((t, y) => growing(t, y, { rate }), x, interval, within(1e-6, "tsit5"));
      return {
        end: together.end,
        at: together.at,
        reached: together.reached,
        evaluations: together.evaluations,
        same: tf.concat([plain.end, plain.at[0] as Tensor], 1),
        sameEvaluations: plain.evaluations,
      };
    },
  );
  const [end, between] = [part(got, "end"), part(got, "at0")];
  rates.forEach((rate, i) => {
    if (i === 77) return;
    assert.ok(Math.abs((end[i] ?? NaN) - Math.exp(rate)) < 1e-4, `row ${i}`);
    assert.ok(Math.abs((between[i] ?? NaN) - Math.exp(rate * 0.01)) < 1e-4, `row ${i}`);
    assert.is(part(got, "reached")[i], 1);
    assert.ok(Math.abs((part(got, "same")[2 * i] ?? NaN) - (end[i] ?? NaN)) < 1e-12, `row ${i}`);
    assert.ok(Math.abs((part(got, "same")[2 * i + 1] ?? NaN) - (between[i] ?? NaN)) < 1e-12);
  });
  assert.equal(part(got, "evaluations"), part(got, "sameEvaluations"));
  assert.ok(Number.isNaN(end[77]));
  assert.ok((part(got, "reached")[77] ?? 1) < 0.01);
});

test("a field that is not a number ends its row where it begins to be, and soon", async () => {
  for (const engine of [FLOAT64, { engine: "cpu" } as const, { engine: "tfjs-cpu" } as const]) {
    // √(½ − t) has no value beyond t = ½; the second row starts as NaN, the third one's field is NaN at once.
    const wall = (t: Tensor, y: Tensor): Tensor => {
      const [x, gate] = tf.split(y, 2, 1) as [Tensor, Tensor];
      const beyond = tf.sqrt(tf.sub(gate, t));
      return tf.concat([tf.add(tf.mul(x, 0), beyond), tf.zerosLike(gate)], 1);
    };
    const start = [
      [1, 0.5],
      [NaN, 2],
      [1, -1],
      [1, 2],
    ];
    const got = await run(start, (y) => solve(wall, y, { from: 0, to: 1 }, within(1e-4)), engine);
    const end = Array.from(part(got, "end")).filter((_, i) => i % 2 === 0);
    assert.equal(end.map(Number.isNaN), [true, true, true, false]);
    const reached = Array.from(part(got, "reached"));
    assert.ok(Math.abs((reached[0] ?? NaN) - 0.5) < 1e-3, `reached ${reached[0] ?? ""}`);
    assert.equal(reached.slice(1), [0, 0, 1]);
    // Shrinking by 5 from 1 to below a float's resolution of 1e-6 takes some 35 tries in float64.
    for (const n of part(got, "evaluations")) assert.ok(n < 1000, `${n} evaluations`);
  }
});

test("a blow-up ends at its time in float32 as well", async () => {
  for (const word of ["bosh3", "dopri5", "tsit5"]) {
    const got = await run(
      [[1], [0.5]],
      (y) => solve(explosion, y, { from: 0, to: 1.5 }, within(1e-4, word)),
      { engine: "cpu" },
    );
    // y₀/(1 − y₀ t): from 1 infinite at 1, from ½ it is 2 at 1.5.
    assert.ok(Number.isNaN(part(got, "end")[0]), word);
    assert.ok(Math.abs((part(got, "reached")[0] ?? NaN) - 1) < 1e-3, word);
    assert.ok(Math.abs((part(got, "end")[1] ?? NaN) - 2) < 2e-3, word);
  }
});

test("what a solver cannot do is refused in words", () => {
  const start = tf.zeros([1, 4]);
  const refused = (
    solver: Solver,
    words: string,
    interval: Interval = { from: 0, to: 1 },
  ): void => {
    assert.throws(
      () => solve(smooth.dynamics, start, interval, solver),
      (error: unknown) => error instanceof ModelError && saying(words)(error),
    );
  };
  refused(within(1e-5, "rk4"), '"rk4" has no error estimate');
  refused(within(0), "expected rtol and atol above 0, got 0 and 0");
  refused(within(1e-5, "dopri5", 0.5), "whole number of at least 1, got 0.5");
  refused(steps(0), "expected a whole number of steps of at least 1, got 0");
  refused(steps(1), "in the order of the integration", { from: 0, to: 1, at: [0.5, 0.2] });
  refused(steps(1), "in the order of the integration", { from: 1, to: 0, at: [2] });
  refused(steps(1), "finite times", { from: 0, to: NaN });
});

test.run();
