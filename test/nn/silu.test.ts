import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type Tensor } from "../../src/engine/index.ts";
import { silu } from "../../src/nn/silu.ts";
import { assertClose, runOn } from "../engine/compare.ts";

const POINTS = Float64Array.of(-800, -30, -2, -0.3, 0, 1e-9, 0.7, 3, 30, 800);

/** x s(x), its first three derivatives by the quotient rule, s = 1/(1 + e^−x). */
function closedForm(x: number): [number, number, number, number] {
  const s = 1 / (1 + Math.exp(-x));
  const [d, dd] = [s * (1 - s), s * (1 - s) * (1 - 2 * s)];
  const ddd = d * (1 - 6 * s + 6 * s * s);
  return [x * s, s + x * d, 2 * d + x * dd, 3 * dd + x * ddd];
}

test("silu and its derivatives up to the third are those of x · sigmoid(x), also far out", async () => {
  const derivative = (f: (x: Tensor) => Tensor) => tf.grad((x: Tensor) => tf.sum(f(x)));
  const one = derivative(silu);
  const two = derivative(one);
  for (const [options, tolerance] of [
    [{ engine: "cpu", precision: "float64" }, 1e-14],
    [{ engine: "tfjs-cpu" }, 1e-5],
  ] as const) {
    const outputs = await runOn(
      {
        label: "silu",
        inputs: { x: { shape: [POINTS.length] } },
        body: ({ x }) => {
          const given = x as Tensor;
          return {
            outputs: {
              value: silu(given),
              one: one(given),
              two: two(given),
              three: derivative(two)(given),
            },
          };
        },
      },
      { x: POINTS },
      options,
    );
    const expected = Array.from(POINTS, closedForm);
    ["value", "one", "two", "three"].forEach((name, order) => {
      const truth = Float64Array.from(expected, (all) => all[order] ?? NaN);
      const got = Float64Array.from(outputs[name] ?? []);
      // −0 and 0 are the same number here.
      assertClose({ d: got.map((v) => v + 0) }, { d: truth.map((v) => v + 0) }, tolerance, name);
    });
  }
});

test("a gradient towards parameters through a first derivative is that of finite differences", async () => {
  // Of Σ silu′(w x)² towards w, as a free-form flow's loss takes it.
  const loss = (w: Tensor, x: Tensor): Tensor =>
    tf.sum(tf.square(tf.grad((u: Tensor) => tf.sum(silu(u)))(tf.mul(w, x))));
  const at = async (w: number): Promise<[number, number]> => {
    const { value, slope } = await runOn(
      {
        label: "silu",
        inputs: { x: { shape: [3] }, w: { shape: [1] } },
        body: ({ x, w }) => ({
          outputs: {
            value: loss(w as Tensor, x as Tensor),
            slope: tf.grad((v: Tensor) => loss(v, x as Tensor))(w as Tensor),
          },
        }),
      },
      { x: Float64Array.of(-1, 0.5, 2), w: Float64Array.of(w) },
      { engine: "cpu", precision: "float64" },
    );
    return [value?.[0] ?? NaN, slope?.[0] ?? NaN];
  };
  const step = 1e-5;
  const difference = ((await at(0.8 + step))[0] - (await at(0.8 - step))[0]) / (2 * step);
  assert.ok(Math.abs((await at(0.8))[1] - difference) < 1e-8);
});

test.run();
