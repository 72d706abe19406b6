import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type Tensor } from "../../src/engine/index.ts";
import { largest } from "./helpers.ts";
import { referenceSpline } from "./hermite-reference.ts";
import {
  BINS,
  BOUND,
  DRAWS,
  DEVIATIONS,
  float64,
  float32,
  compiled,
  over,
  apply,
  evaluate,
  rawOf,
  pointsIn,
  knotsOf,
  repeated,
} from "./hermite-runs.ts";

/*
 * The spline at random and at extreme parameters. One entry per row, each row with parameters of its own: 10⁴ rows are 10⁴
 * splines.
 */
const FLOAT32_EPSILON = 2 ** -23;

for (const deviation of DEVIATIONS) {
  const name = `${DRAWS} draws, deviation ${deviation}`;

  test(`${name}: value and slope are the textbook's cubic`, async () => {
    const [x, raw] = [pointsIn(), rawOf(deviation)];
    const { y, logSlope } = await evaluate("forward", x, raw);
    x.forEach((point, row) => {
      const truth = referenceSpline(knotsOf(raw, row), point);
      // Round-off of knots, times secants of up to 750.
      assert.ok(Math.abs((y[row] ?? NaN) - truth.y) < 1e-11, `row ${row}: ${y[row]} ${truth.y}`);
      // The textbook's slope cancels: terms of up to 6 secants, of at most 750, beside slopes of at least 1e-2 · 7e-4.
      const slope = Math.exp(logSlope[row] ?? NaN);
      assert.ok(Math.abs(slope - truth.slope) < 1e-9 * (1 + slope), `row ${row}`);
    });
  });

  test(`${name}: decode undoes encode in float64`, async () => {
    const [x, raw] = [pointsIn(), rawOf(deviation)];
    const there = await evaluate("forward", x, raw);
    const back = await evaluate("inverse", there.y, raw);
    const there2 = await evaluate("inverse", x, raw);
    const back2 = await evaluate("forward", there2.y, raw);
    for (const [one, two] of [
      [there, back],
      [there2, back2],
    ] as const) {
      assert.ok(largest(two.y.map((v, i) => v - (x[i] ?? NaN))) < 1e-8);
      two.logSlope.forEach((v, i) => {
        // The log-slope's own condition: where the slope is small, a step of ξ changes it by much.
        const error = Math.abs(v + (one.logSlope[i] ?? NaN));
        assert.ok(error < 1e-8 + 1e-12 * Math.exp(Math.abs(v)), `row ${i}: ${error}`);
      });
    }
  });

  test(`${name}: decode undoes encode in float32 to 10 ε times the condition`, async () => {
    const [x, raw] = [Float64Array.from(Float32Array.from(pointsIn())), rawOf(deviation)];
    const exact = await evaluate("forward", x, raw);
    const there = await evaluate("forward", x, raw, float32);
    const back = await evaluate("inverse", there.y, raw, float32);
    back.y.forEach((v, i) => {
      // An error of ε · bound in y is one of ε · bound / slope in x.
      const condition = BOUND * (1 + Math.exp(-(exact.logSlope[i] ?? NaN)));
      const error = Math.abs(v - (x[i] ?? NaN));
      assert.ok(error <= 10 * FLOAT32_EPSILON * condition, `row ${i}: ${error}, ${condition}`);
    });
    assert.ok(back.logSlope.every(Number.isFinite));
  });

  test(`${name}: the log-slopes of both directions are those of autodiff`, async () => {
    const [x, raw] = [pointsIn(), rawOf(deviation)];
    for (const direction of ["forward", "inverse"] as const) {
      const { logSlope, derivative } = await over(x, raw, (at, parameters) => ({
        logSlope: apply(direction, at, parameters).logSlope,
        derivative: tf.grad((point: Tensor) => apply(direction, point, parameters).y)(at),
      }));
      assert.ok(
        derivative.every((v) => v > 0),
        direction,
      );
      assert.ok(
        largest(logSlope.map((v, i) => v - Math.log(derivative[i] ?? NaN))) < 1e-8,
        direction,
      );
    }
  });

  test(`${name}: gradients are finite in and out of the domain, at the bounds, at knots and in float32`, async () => {
    const raw = rawOf(deviation);
    const inside = pointsIn();
    const places = [1e6, -1e6, BOUND, -BOUND, 1e30, BOUND - 1e-6];
    const x = inside.map((point, i) =>
      i % 3 === 0
        ? (places[(i / 3) % places.length] ?? 0)
        : i % 3 === 1
          ? (knotsOf(raw, i).x[i % (BINS + 1)] ?? 0)
          : point,
    );
    for (const engine of [float32, float64])
      for (const direction of ["forward", "inverse"] as const) {
        const { byX, byRaw } = await over(
          x,
          raw,
          (at, parameters) => {
            const [byX, byRaw] = tf.grads((point: Tensor, p: Tensor) => {
              const { y, logSlope } = apply(direction, point, p);
              return tf.add(tf.sum(y), tf.sum(logSlope));
            })([at, parameters]) as [Tensor, Tensor];
            return { byX, byRaw };
          },
          engine,
        );
        assert.ok(byX.every(Number.isFinite) && byRaw.every(Number.isFinite), direction);
        x.forEach((point, row) => {
          if (Math.abs(point) < BOUND) return;
          assert.is(byX[row], 1);
          const own = byRaw.subarray(row * (3 * BINS - 1), (row + 1) * (3 * BINS - 1));
          assert.is(largest(own), 0);
        });
      }
  });
}

test("every spline rises strictly at 10⁴ points, and its slope is positive, at extreme parameters", async () => {
  const count = 10_000;
  const x = Float64Array.from(
    { length: count },
    (_, i) => BOUND * (-1.02 + (2.04 * i) / (count - 1)),
  );
  const columns = 3 * BINS - 1;
  const { run, dispose } = await compiled(count, columns, (at, raw) => apply("forward", at, raw));
  for (const deviation of DEVIATIONS)
    for (let draw = 0; draw < 6; draw++) {
      const one = rawOf(deviation, 6).subarray(draw * columns, (draw + 1) * columns);
      const { y, logSlope } = await run(x, repeated([...one], count));
      for (let i = 1; i < count; i++)
        assert.ok((y[i] ?? NaN) > (y[i - 1] ?? NaN), `${deviation}: ${i}`);
      // ε times the flattest secant: a height of at least ⅔ · 1e-3 over a width of at most 1.
      const least = Math.log(0.01 * (2 / 3) * 1e-3);
      assert.ok(
        logSlope.every((v) => v >= least && v < Math.log(3 * 1e3)),
        String(deviation),
      );
    }
  await dispose();
});

test.run();
