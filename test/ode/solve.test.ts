import { test } from "uvu";
import * as assert from "uvu/assert";
import { smooth } from "../../src/contract/solver-program.ts";
import { tf, type EngineOptions, type Tensor } from "../../src/engine/index.ts";
import { solve } from "../../src/ode/solve.ts";
import type { Interval, Solution, Solver } from "../../src/ode/solver.ts";
import { solvers } from "../../src/ode/solvers.ts";
import { ADAPTIVE, FLOAT64, largest, part, run, steps, within } from "./solving.ts";

test("adaptive steps go the way of the closed form on every engine, in both precisions", async () => {
  const settings: readonly [EngineOptions, number][] = [
    [FLOAT64, 1e-8],
    [{ engine: "wasm", precision: "float64" }, 1e-8],
    // Float32: the round-off of some steps of values up to 3.
    [{ engine: "cpu" }, 1e-5],
    [{ engine: "wasm" }, 1e-5],
    [{ engine: "tfjs-cpu" }, 1e-5],
  ];
  for (const [engine, tolerance] of settings)
    for (const word of engine.engine === "cpu" ? ["bosh3", "dopri5", "tsit5"] : ["tsit5"])
      for (const [from, to] of [
        [0, 2],
        [2, 0.1],
      ] as const) {
        const solver = within(tolerance, word);
        const between = (from + to) / 2;
        const got = await run(
          [smooth.solution(from)],
          (y) => solve(smooth.dynamics, y, { from, to, at: [between] }, solver),
          engine,
        );
        const where = `${word} on ${JSON.stringify(engine)} to ${to}`;
        // Backwards, the second column's errors grow 25-fold.
        assert.ok(largest(part(got, "end"), smooth.solution(to)) < 200 * tolerance, where);
        assert.ok(largest(part(got, "at0"), smooth.solution(between)) < 200 * tolerance, where);
        const exactly = engine.precision === "float64" ? to : Math.fround(to);
        assert.is(part(got, "reached")[0], exactly, where);
      }
});

test("each row's evaluations are those that its dynamics saw", async () => {
  const cases: readonly [Solver, Interval][] = [
    ...ADAPTIVE.map((word): [Solver, Interval] => [within(1e-4, word), { from: 0, to: 2 }]),
    [within(1e-4), { from: 0, to: 2, at: [0.3, 1] }],
    ...solvers.words.map((word): [Solver, Interval] => [steps(7, word), { from: 0, to: 1 }]),
    [steps(7, "dopri5", true), { from: 0, to: 1, at: [0.5] }],
  ];
  for (const [solver, interval] of cases) {
    let seen = 0;
    const counting = (t: Tensor, y: Tensor): Tensor => {
      seen++;
      return smooth.dynamics(t, y);
    };
    // Eagerly, the function runs once for each evaluation.
    const got = await run([smooth.solution(0)], (y) => solve(counting, y, interval, solver), {
      engine: "tfjs-cpu",
    });
    assert.equal(Array.from(part(got, "evaluations")), [seen], JSON.stringify(interval));
  }
});

test("fixed steps evaluate no stage that only an error estimate would use", async () => {
  for (const [word, stages] of [
    ["bosh3", 3],
    ["dopri5", 6],
    ["tsit5", 6],
  ] as const) {
    const got = await run([smooth.solution(0)], (y) =>
      solve(smooth.dynamics, y, { from: 0, to: 1 }, steps(7, word, true)),
    );
    assert.equal(Array.from(part(got, "evaluations")), [7 * stages]);
  }
});

test("dynamics see no time outside of the interval, so that they may end there", async () => {
  // √ of a negative number is NaN: one look beyond would spoil the row.
  for (const [from, to] of [
    [0.1, 0.7],
    [0.7, 0.1],
  ] as const)
    for (const engine of [FLOAT64, { engine: "cpu" } as const])
      for (const solver of [
        ...ADAPTIVE.map((word) => within(1e-4, word)),
        steps(9),
        steps(9, "rk4", true),
      ]) {
        const inside = (t: Tensor, y: Tensor): Tensor => {
          const first = tf.scalar(Math.fround(0.1) - 1e-8);
          const last = tf.scalar(Math.fround(0.7) + 6e-8);
          return tf.add(tf.mul(y, 0), tf.add(tf.sqrt(tf.sub(t, first)), tf.sqrt(tf.sub(last, t))));
        };
        const got = await run([[0]], (y) => solve(inside, y, { from, to }, solver), engine);
        assert.ok(Number.isFinite(part(got, "end")[0]), `${from} to ${to}`);
      }
});

test("an interval of no length leaves the rows where they are", async () => {
  for (const solver of [within(1e-5), steps(3), steps(3, "rk4", true)]) {
    const got = await run([[1, 2, 3, 4]], (y) =>
      solve(smooth.dynamics, y, { from: 1, to: 1, at: [1] }, solver),
    );
    assert.equal(Array.from(part(got, "end")), [1, 2, 3, 4]);
    assert.equal(Array.from(part(got, "at0")), [1, 2, 3, 4]);
  }
});

test("looped fixed steps give what unrolled ones give, times between included", async () => {
  for (const word of solvers.words) {
    const interval = { from: 1, to: 0.25, at: [0.8, 0.8, 0.3] };
    const got = await run([smooth.solution(1)], (y) => {
      const [one, other] = [false, true].map((looped) =>
        solve(smooth.dynamics, y, interval, steps(20, word, looped)),
      ) as [Solution, Solution];
      return {
        unrolled: tf.concat([one.end, ...one.at]),
        looped: tf.concat([other.end, ...other.at]),
      };
    });
    // The times are from + i·h in one and rounded once in the other.
    assert.ok(largest(part(got, "unrolled"), part(got, "looped")) < 1e-14, word);
  }
});

test("the tape goes through unrolled steps, and is refused by adaptive and looped ones", async () => {
  // y(1) = y₀ e^λ under dy/dt = λy: its derivative by y₀ is that of the method, the polynomial of degree 4.
  const gradient = (solver: Solver) =>
    run([[2]], (y) => ({
      g: tf.grad((x: Tensor) => tf.sum(solve((_, z) => z, x, { from: 0, to: 1 }, solver).end))(y),
    }));
  const h = 0.5;
  const factor = 1 + h + h ** 2 / 2 + h ** 3 / 6 + h ** 4 / 24;
  assert.ok(Math.abs((part(await gradient(steps(2)), "g")[0] ?? NaN) - factor ** 2) < 1e-14);
  for (const solver of [within(1e-5), steps(2, "rk4", true)])
    try {
      await gradient(solver);
      assert.unreachable("the gradient is taken");
    } catch (error) {
      assert.match((error as Error).message, /have no gradient.*customGrad/);
    }
});

test("a custom gradient may hold adaptive steps, of dynamics that take gradients themselves", async () => {
  // dy/dt = ½ d(y²)/dy = y, so that y(1) = e y₀ and dy(1)/dy₀ = e; solving it back gives the same factor.
  const pulled = (_: Tensor, y: Tensor): Tensor =>
    tf.grad((x: Tensor) => tf.mul(tf.sum(tf.square(x)), 0.5))(y);
  const end = (y: Tensor): Tensor => solve(pulled, y, { from: 0, to: 1 }, within(1e-9)).end;
  const got = await run([[2], [3]], (y) => {
    const custom = tf.customGrad((x) => ({
      value: end(x as Tensor),
      gradFunc: (dy: Tensor) => end(dy),
    }));
    return { y: custom(y), g: tf.grad((x: Tensor) => tf.sum(custom(x)))(y) };
  });
  assert.ok(largest(part(got, "y"), [2 * Math.E, 3 * Math.E]) < 1e-7);
  assert.ok(largest(part(got, "g"), [Math.E, Math.E]) < 1e-7);
});

test.run();
