import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  jacobian,
  jvp,
  pullBack,
  stopGradient,
  tf,
  vjp,
  whileLoop,
  type Program,
  type Tensor,
  type Tensors,
  type Tensor2D,
} from "../../src/engine/index.ts";
import { assertClose, numbers, runOn } from "./compare.ts";

const ENGINES = [
  { engine: "tfjs-cpu" },
  { engine: "cpu" },
  { engine: "cpu", precision: "float64" },
] as const;
const nameOf = ({
  engine,
  precision = "float32",
}: {
  engine: string;
  precision?: string;
}): string => `${engine}, ${precision}`;

/** A smooth map of rows [N, 3] → [N, 2], each row from itself alone. */
const W = numbers(6, -1, 1, 11);
const smooth = (x: Tensor): Tensor =>
  tf.tanh(tf.matMul(tf.mul<Tensor2D>(x, tf.sigmoid(x)), tf.tensor2d(W, [3, 2])));
const program = (shape: number[], body: (x: Tensor) => Tensors): Program => ({
  label: "transform",
  inputs: { x: { shape } },
  body: ({ x }) => ({ outputs: body(x as Tensor) }),
});

for (const options of ENGINES) {
  // float32 chains a tanh, a sigmoid and sums of three terms: a few units in the last place of numbers near 1.
  const tolerance = options.engine === "cpu" && "precision" in options ? 1e-12 : 1e-5;

  test(`${nameOf(options)}: ⟨u, jvp v⟩ = ⟨vjp u, v⟩`, async () => {
    const { left, right } = await runOn(
      program([4, 3], (x) => {
        const u = tf.tensor2d(numbers(8, -1, 1, 3), [4, 2]);
        const v = tf.tensor2d(numbers(12, -1, 1, 5), [4, 3]);
        return {
          left: tf.sum(tf.mul(u, jvp(smooth, x, v))),
          right: tf.sum(tf.mul(vjp(smooth, x).pull(u), v)),
        };
      }),
      { x: numbers(12) },
      options,
    );
    assert.ok(
      Math.abs((left?.[0] as number) - (right?.[0] as number)) < tolerance,
      `${left?.[0]} and ${right?.[0]}`,
    );
  });

  test(`${nameOf(options)}: pullBack works inside a custom gradient, and is differentiated further`, async () => {
    // y = x³ by its own gradient function, which pulls back through the same formula: y′ = 3x², y″ = 6x.
    const cube = (z: Tensor): Tensor => tf.mul(tf.square(z), z);
    const custom = (z: Tensor): Tensor =>
      tf.customGrad((given, save) => {
        (save as (kept: Tensor[]) => void)([given as Tensor]);
        return {
          value: cube(given as Tensor),
          gradFunc: (dy: Tensor, saved: Tensor[]) => pullBack(cube, saved, dy),
        };
      })(z);
    const first = (z: Tensor): Tensor => tf.grad(custom)(z);
    const program: Program = {
      label: "pullBack",
      inputs: { x: { shape: [3] } },
      body: ({ x }) => ({
        outputs: { first: first(x as Tensor), second: tf.grad(first)(x as Tensor) },
      }),
    };
    const x = [0.5, -1, 2];
    const reference = {
      first: Float32Array.from(x, (v) => 3 * v * v),
      second: Float32Array.from(x, (v) => 6 * v),
    };
    const got = await runOn(program, { x: Float32Array.from(x) }, options);
    assertClose(got, reference, 1e-6, "pullBack");
  });

  test(`${nameOf(options)}: the batched Jacobian times v is the jvp`, async () => {
    const { product, direct } = await runOn(
      program([4, 3], (x) => {
        const v = tf.tensor2d(numbers(12, -1, 1, 5), [4, 3]);
        return {
          product: tf.sum(tf.mul(jacobian(smooth, x), tf.expandDims(v, 1)), 2),
          direct: jvp(smooth, x, v),
        };
      }),
      { x: numbers(12) },
      options,
    );
    assertClose(
      { product: product as Float32Array },
      { product: direct as Float32Array },
      tolerance,
      "jacobian",
    );
  });

  test(`${nameOf(options)}: stopGradient keeps the value and drops the gradient`, async () => {
    const outputs = await runOn(
      program([5], (x) => ({
        y: stopGradient(tf.square(x)),
        gradient: tf.grad((z: Tensor) => tf.sum(tf.mul(z, stopGradient(tf.square(z)))))(x),
      })),
      { x: numbers(5) },
      options,
    );
    // d/dz Σ z·sg(z²) = z², where d/dz Σ z³ would be 3z².
    assertClose(
      outputs,
      { y: numbers(5).map((x) => x * x), gradient: numbers(5).map((x) => x * x) },
      1e-6,
      "stopGradient",
    );
  });

  test(`${nameOf(options)}: whileLoop runs Newton's square root until it has converged`, async () => {
    const { root, rounds } = await runOn(
      program([4], (x) => {
        const start = {
          y: tf.add(x, 1),
          change: tf.scalar(1) as Tensor,
          n: tf.scalar(0) as Tensor,
        };
        const end = whileLoop(
          ({ change }) => tf.greater(change, 1e-5),
          ({ y, n }) => {
            const next = tf.mul(0.5, tf.add(y, tf.div(x, y)));
            return { y: next, change: tf.max(tf.abs(tf.sub(next, y))), n: tf.add(n, 1) };
          },
          start,
        );
        return { root: end.y, rounds: end.n };
      }),
      { x: numbers(4, 0.5, 40) },
      options,
    );
    // Quadratic convergence: a last change below 1e-5 leaves an error below 1e-10.
    assertClose(
      { root: root as Float32Array },
      { root: numbers(4, 0.5, 40).map(Math.sqrt) },
      1e-6,
      "root",
    );
    assert.ok(
      (rounds?.[0] as number) >= 4 && (rounds?.[0] as number) <= 12,
      `${rounds?.[0]} rounds`,
    );
  });

  test(`${nameOf(options)}: a loop's body may hand tensors on under other names`, async () => {
    const outputs = await runOn(
      program([2], (x) => {
        const { a, b } = whileLoop(
          (s) => tf.less(s.n, 5),
          (s) => ({ a: s.b, b: tf.add(s.a, s.b), n: tf.add(s.n, 1) }),
          { a: x, b: tf.mul(x, 1), n: tf.scalar(0) },
        );
        return { a, b, x };
      }),
      { x: new Float32Array([1, 2]) },
      options,
    );
    // Fibonacci from 1, 1 and from 2, 2: after five rounds 8 and 13.
    assert.equal(Array.from(outputs["a"] ?? []), [8, 16]);
    assert.equal(Array.from(outputs["b"] ?? []), [13, 26]);
    assert.equal(Array.from(outputs["x"] ?? []), [1, 2]);
  });

  test(`${nameOf(options)}: whileLoop inside customGrad, differentiated implicitly, and gradients inside its body`, async () => {
    // y solves y³ + y = x, so dy/dx = 1/(3y² + 1). The body takes the derivative of the residual by the tape.
    const solve = tf.customGrad((x) => {
      const given = x as Tensor;
      const residual = (y: Tensor): Tensor => tf.sub(tf.add(tf.mul(y, tf.square(y)), y), given);
      const { y } = whileLoop(
        ({ n }) => tf.less(n, 20),
        ({ y: at, n }) => ({
          y: tf.sub(at, tf.div(residual(at), tf.grad((z: Tensor) => tf.sum(residual(z)))(at))),
          n: tf.add(n, 1),
        }),
        { y: tf.zerosLike(given), n: tf.scalar(0) },
      );
      return { value: y, gradFunc: (dy: Tensor) => tf.div(dy, tf.add(tf.mul(3, tf.square(y)), 1)) };
    });
    const { y, gradient } = await runOn(
      program([3], (x) => ({ y: solve(x), gradient: tf.grad((z: Tensor) => tf.sum(solve(z)))(x) })),
      { x: new Float32Array([0, 2, 10]) },
      options,
    );
    assertClose(
      { y: y as Float32Array, gradient: gradient as Float32Array },
      { y: new Float32Array([0, 1, 2]), gradient: new Float32Array([1, 1 / 4, 1 / 13]) },
      1e-6,
      "implicit",
    );
  });
}

test.run();
