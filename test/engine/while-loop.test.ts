import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  offTape,
  tf,
  whileLoop,
  type Program,
  type Tensor,
  type Tensors,
} from "../../src/engine/index.ts";
import { assertRejects, numbers, runOn } from "./compare.ts";

const program = (shape: number[], body: (x: Tensor) => Tensors): Program => ({
  label: "transform",
  inputs: { x: { shape } },
  body: ({ x }) => ({ outputs: body(x as Tensor) }),
});

const double = (x: Tensor): Tensor => whileLoop(({ n }) => tf.less(n, 3), ({ y, n }) => ({ y: tf.mul(y, 2), n: tf.add(n, 1) }), { y: x, n: tf.scalar(0) })["y"]; // prettier-ignore

test("whileLoop refuses the tape, with the cure, and works off it", async () => {
  await assertRejects(
    runOn(
      program([2], (x) => ({ g: tf.grad((z: Tensor) => tf.sum(double(z)))(x) })),
      { x: numbers(2) },
      { engine: "cpu" },
    ),
    /whileLoop has no gradient.*customGrad.*offTape/,
  );
  const detached = (z: Tensor): Tensor =>
    tf.sum(
      tf.mul(
        z,
        offTape(() => double(z)),
      ),
    );
  // d/dz Σ z·c with c = 8z held fixed is 8z.
  const { g } = await runOn(
    program([2], (x) => ({ g: tf.grad(detached)(x) })),
    { x: new Float32Array([1, 2]) },
    { engine: "cpu" },
  );
  assert.equal(Array.from(g as Float32Array), [8, 16]);
});

test("a loop body that changes a shape is refused", () =>
  assertRejects(
    runOn(
      program([2], (x) =>
        whileLoop(
          ({ n }) => tf.less(n, 3),
          ({ y, n }) => ({ y: tf.concat([y, y]), n: n }),
          { y: x, n: tf.scalar(0) },
        ),
      ),
      { x: numbers(2) },
      { engine: "cpu" },
    ),
    /state "y" is float32 \[2\], but the body returns float32 \[4\]/,
  ));

test.run();
