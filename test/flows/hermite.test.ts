import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile, tf, type Tensor } from "../../src/engine/index.ts";
import { hermite } from "../../src/flows/hermite.ts";
import type { HermiteShape } from "../../src/flows/hermite-piece.ts";
import { referenceKnots } from "./hermite-reference.ts";
import { largest } from "./helpers.ts";
import {
  BINS,
  BOUND,
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
 * The spline at its special places: the identity, linear bins, knots, bounds, beyond them; its gradients; bad options.
 */
test("raw zeros give the identity bit for bit, both ways, in float32 and float64", async () => {
  for (const [bins, bound] of [
    [2, 1],
    [3, 3.7],
    [8, 5],
  ] as const)
    for (const engine of [float32, float64]) {
      const x = Float64Array.from(Float32Array.from(pointsIn(200, 1.2 * bound)));
      const raw = new Float64Array(200 * (3 * bins - 1));
      for (const direction of ["forward", "inverse"] as const) {
        const f = (at: Tensor, parameters: Tensor) =>
          apply(direction, at, parameters, { bins, bound });
        const { y, logSlope } = await over(x, raw, f, engine);
        assert.equal([...y], [...x], `${bins} ${bound} ${direction}`);
        assert.is(largest(logSlope), 0);
      }
    }
});

test("an exactly linear bin is inverted exactly", async () => {
  // Three middle bins of one secant, and slopes equal to it (raw 0) at both ends of the one between.
  const one = [...[0, 0, 0, 0, 0], ...[0, 1, 1, 1, 0], ...[0, 0, 0, 0]];
  const { x: edges, y: values } = referenceKnots(one, 5, BOUND);
  const [low, high] = [edges[2] ?? NaN, edges[3] ?? NaN];
  const y = Float64Array.from({ length: 101 }, (_, i) => {
    const t = i / 100;
    return (values[2] ?? NaN) * (1 - t) + (values[3] ?? NaN) * t;
  });
  const f = (at: Tensor, raw: Tensor) => apply("inverse", at, raw, { bins: 5 });
  const { y: x, logSlope } = await over(y, repeated(one, 101), f);
  x.forEach((v, i) => {
    assert.ok(Math.abs(v - (low + ((high - low) * i) / 100)) < 1e-13);
  });
  // All of one slope.
  assert.ok(largest(logSlope.map((v) => v - (logSlope[0] ?? NaN))) < 1e-12);
});

test("at a knot the value is the knot's, and the slope is one and the same from both sides", async () => {
  const raw = rawOf(3, 500);
  for (const k of [1, 4, 7]) {
    const knots = Array.from({ length: 500 }, (_, row) => knotsOf(raw, row));
    const x = Float64Array.from(knots, (each) => each.x[k] ?? NaN);
    const at = await evaluate("forward", x, raw);
    const back = await evaluate("inverse", at.y, raw);
    const sides = await Promise.all(
      [-1e-12, 1e-12].map((step) =>
        evaluate(
          "forward",
          x.map((v) => v + step),
          raw,
        ),
      ),
    );
    knots.forEach((each, row) => {
      const [value, slope] = [each.y[k] ?? NaN, each.slope[k] ?? NaN];
      // The knot's own round-off, times a secant of up to 750.
      assert.ok(Math.abs((at.y[row] ?? NaN) - value) < 1e-11);
      assert.ok(Math.abs((back.y[row] ?? NaN) - (x[row] ?? NaN)) < 1e-8);
      // A second derivative of up to 6 · 1e3 over a width of 1e-2, times 1e-12, beside slopes of 1e-5 or more.
      for (const side of [at, ...sides])
        assert.ok(
          Math.abs(Math.exp(side.logSlope[row] ?? NaN) - slope) < 1e-6 + 1e-9 * slope,
          `${row}`,
        );
    });
  }
});

test("at the bounds the map is the identity with slope 1, and is so continuously", async () => {
  for (const deviation of DEVIATIONS) {
    const raw = rawOf(deviation, 1000);
    for (const side of [-1, 1])
      for (const direction of ["forward", "inverse"] as const) {
        const edge = await evaluate(direction, new Float64Array(1000).fill(side * BOUND), raw);
        assert.ok(edge.y.every((v) => v === side * BOUND));
        assert.is(largest(edge.logSlope), 0);
        const near = side * (BOUND - 1e-12);
        const beside = await evaluate(direction, new Float64Array(1000).fill(near), raw);
        assert.ok(largest(beside.y.map((v) => v - near)) < 1e-10);
        // A second derivative of up to 6 · 1e3 over a width of 1e-2, times 1e-12.
        assert.ok(largest(beside.logSlope) < 1e-6, `${deviation}: ${largest(beside.logSlope)}`);
      }
  }
});

test("beyond the bounds it is the identity", async () => {
  const x = Float64Array.of(5.001, -6, 1e6, -1e6, 1e30);
  for (const direction of ["forward", "inverse"] as const) {
    const { y, logSlope } = await evaluate(direction, x, rawOf(3, 5));
    assert.equal([...y], [...x]);
    assert.is(largest(logSlope), 0);
  }
});

/** Bins, smallest width and height. */
const SHAPES = [
  [2, 0.1, 0.01],
  [3, 1e-3, 1e-3],
  [8, 0.01, 0.05],
] as const;
for (const direction of ["forward", "inverse"] as const)
  for (const [bins, minWidth, minHeight] of SHAPES)
    test(`${direction}, ${bins} bins: gradients of value and log-slope are those of finite differences`, async () => {
      const [count, columns] = [64, 3 * bins - 1];
      const [x, raw] = [pointsIn(count), rawOf(1, count, bins)];
      const f = (at: Tensor, p: Tensor): Tensor => {
        const { y, logSlope } = apply(direction, at, p, { bins, minWidth, minHeight });
        return tf.add(tf.mul(y, 0.75), logSlope);
      };
      const { byX, byRaw } = await over(x, raw, (at, p) => {
        const [one, two] = tf.grads((a: Tensor, b: Tensor) => tf.sum(f(a, b)))([at, p]) as [
          Tensor,
          Tensor,
        ];
        return { byX: one, byRaw: two };
      });
      const { run, dispose } = await compiled(count, columns, (at, p) => ({ f: f(at, p) }));
      const value = async (points: Float64Array, parameters: Float64Array) =>
        (await run(points, parameters)).f;
      const h = 1e-6;
      const compare = async (column: number): Promise<void> => {
        const moved = (step: number) =>
          column < 0
            ? value(
                x.map((v) => v + step),
                raw,
              )
            : value(
                x,
                raw.map((v, i) => (i % columns === column ? v + step : v)),
              );
        const [after, before] = [await moved(h), await moved(-h)];
        x.forEach((_, row) => {
          const slope = ((after[row] ?? NaN) - (before[row] ?? NaN)) / (2 * h);
          const gradient = (column < 0 ? byX[row] : byRaw[row * columns + column]) ?? NaN;
          // Round-off 1e-15/1e-6, and h² times third derivatives of up to some hundreds.
          const error = Math.abs(slope - gradient);
          assert.ok(
            error < 1e-5 * (1 + Math.abs(slope)),
            `row ${row}, ${column}: ${slope} ${gradient}`,
          );
        });
      };
      for (let column = -1; column < columns; column++) await compare(column);
      await dispose();
    });

test("a second derivative flows through the gradient's closed form", async () => {
  const [count, columns] = [64, 3 * BINS - 1];
  const [x, raw] = [pointsIn(count), rawOf(1, count)];
  const slopeOf = (at: Tensor, p: Tensor): Tensor =>
    tf.grad((point: Tensor) => apply("forward", point, p).logSlope)(at);
  const { run, dispose } = await compiled(count, columns, (at, p) => ({
    first: slopeOf(at, p),
    second: tf.grad((point: Tensor) => slopeOf(point, p))(at),
  }));
  const h = 1e-6;
  const { second } = await run(x, raw);
  const { first: after } = await run(
    x.map((v) => v + h),
    raw,
  );
  const { first: before } = await run(
    x.map((v) => v - h),
    raw,
  );
  await dispose();
  second.forEach((value, row) => {
    const slope = ((after[row] ?? NaN) - (before[row] ?? NaN)) / (2 * h);
    // Round-off 1e-15/1e-6 times the curvature of a log-slope, which widths of 1e-2 make large.
    assert.ok(
      Math.abs(value - slope) < 1e-5 * (1 + Math.abs(slope)),
      `row ${row}: ${value} ${slope}`,
    );
  });
});

test("entries of a row do not meet: several at once are the same as each alone", async () => {
  const [rows, d] = [50, 3];
  const x = pointsIn(rows * d);
  const raw = rawOf(2, rows * d);
  const sizes = [BINS, BINS, BINS - 1];
  // Block by block, for each entry: the layout of a Transformer.
  const together = new Float64Array(raw.length);
  for (let row = 0; row < rows; row++) {
    let to = row * d * 23;
    for (const [block, size] of sizes.entries())
      for (let entry = 0; entry < d; entry++)
        for (let k = 0; k < size; k++)
          together[to++] = raw[(row * d + entry) * 23 + block * BINS + k] ?? NaN;
  }
  const alone = await evaluate("forward", x, raw);
  const program = await compile(
    {
      label: "three entries",
      inputs: { x: { shape: [rows, d] }, raw: { shape: [rows, d * 23] } },
      body: (inputs) => ({
        outputs: apply("forward", inputs["x"] as Tensor, inputs["raw"] as Tensor),
      }),
    },
    float64,
  );
  const { y } = await program.run({ x, raw: together });
  await program.dispose();
  assert.ok(largest(alone.y.map((v, i) => v - (y?.[i] ?? NaN))) < 1e-13);
});

test("what no spline can be made of is refused with the cure", () => {
  const refused: readonly [Partial<HermiteShape>, string][] = [
    [{ bins: 1 }, "expected at least 2 bins"],
    [{ bound: 0 }, "expected a bound above 0, got 0"],
    [{ bound: -2 }, "expected a bound above 0, got -2"],
    [{ minWidth: 0.125 }, "expected minWidth above 0 and below 1/bins"],
    [{ minHeight: 0.2 }, "expected minHeight above 0 and below 1/bins"],
  ];
  for (const [shape, message] of refused)
    assert.throws(
      () => hermite(shape),
      (error: Error) => error.name === "ModelError" && error.message.includes(message),
    );
});

test.run();
