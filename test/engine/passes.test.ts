import { test } from "uvu";
import * as assert from "uvu/assert";
import { tf, whileLoop, type Program, type Tensor, type Tensor2D } from "../../src/engine/index.ts";
import { lower } from "../../src/engine/compiled.ts";
import type { Graph } from "../../src/engine/graph.ts";
import { assertClose, runOn } from "./compare.ts";

/** Operators of the optimised graph, bodies included, in order. */
const operators = (program: Program): string[] => {
  const list = (graph: Graph): string[] =>
    graph.nodes.flatMap(({ op, body }) => (body === undefined ? [op] : [op, ...list(body)]));
  return list(lower(program).graph);
};
const of = (shape: number[], body: (x: Tensor) => Tensor): Program => ({
  label: "pass",
  inputs: { x: { shape } },
  body: ({ x }) => ({ outputs: { y: body(x as Tensor) } }),
});

test("what no output needs is dropped", () => {
  assert.equal(
    operators(
      of([3], (x) => {
        tf.exp(tf.sin(x));
        return tf.neg(x);
      }),
    ),
    ["Neg"],
  );
});

test("a value is computed once", () => {
  assert.equal(operators(of([3], (x) => tf.add(tf.exp(x), tf.mul(tf.exp(x), tf.exp(x))))), [
    "Exp",
    "Mul",
    "Add",
  ]);
});

test("x·1, x + 0, x/1, reshapes to the same shape and double casts vanish", () => {
  const body = (x: Tensor): Tensor =>
    tf.neg(
      tf.cast(
        tf.reshape(tf.add(tf.div(tf.mul(x, 1), tf.ones([3])), tf.zeros([3])), [3]),
        "float32",
      ),
    );
  assert.equal(operators(of([3], body)), ["Neg"]);
});

test("arithmetic on constants is done beforehand, two factors become one", () => {
  assert.equal(
    operators(of([3], (x) => tf.mul(tf.mul(x, tf.sub(2, tf.scalar(0.5))), tf.fill([3], 4)))),
    ["Mul"],
  );
});

test("a product, its bias and a matrix added to it are one Gemm", () => {
  const w = (n: number, m: number): Tensor => tf.fill([n, m], 0.3);
  assert.equal(
    operators(
      of([5, 3], (x) =>
        tf.add(tf.matMul(x as Tensor2D, w(3, 4) as Tensor2D), tf.linspace(0, 1, 4)),
      ),
    ),
    ["Gemm"],
  );
  assert.equal(
    operators(of([5, 3], (x) => tf.add(x, tf.matMul(x as Tensor2D, w(3, 3) as Tensor2D)))),
    ["Gemm"],
  );
  assert.equal(operators(of([5, 3], (x) => tf.matMul(tf.transpose(x), x))), ["Gemm"]);
});

test("relu's gradient reads relu's output, so that the product before it can fuse with it", () => {
  const { graph } = lower(
    of([5, 3], (x) => tf.grad((z: Tensor) => tf.sum(tf.square(tf.relu(tf.sin(z)))))(x)),
  );
  const relu = graph.nodes.find(({ op }) => op === "Relu");
  const input = relu?.inputs[0];
  assert.equal(
    graph.nodes.filter(({ inputs }) => inputs.includes(input)),
    [relu],
  );
});

test("the gradient of a sum is not written out as an array of ones", () => {
  const program = of([5, 3], (x) => tf.grad((z: Tensor) => tf.sum(tf.exp(z)))(x));
  assert.equal(operators(program), ["Exp"]);
});

test("a clamp's factors cancel in its gradient", () => {
  // c·tanh(x/c): forward one Mul by 1/c; backward (1 − t²)·weights, where c and 1/c meet and vanish.
  const clamp = (x: Tensor): Tensor => tf.mul(tf.tanh(tf.mul(x, 0.25)), 4);
  const weights = (x: Tensor): Tensor => tf.sum(tf.mul(clamp(x), tf.linspace(1, 2, 3)));
  const program = of([3], (x) => tf.grad(weights)(x));
  assert.equal(operators(program), ["Mul", "Tanh", "Mul", "Sub", "Mul"]);
});

test("the gradient of b·exp(s) with respect to s uses b·exp(s)", () => {
  const program: Program = {
    label: "pass",
    inputs: { b: { shape: [3] }, s: { shape: [3] } },
    body: ({ b, s }) => {
      const y = (z: Tensor): Tensor => tf.mul(b as Tensor, tf.exp(z));
      return { outputs: { y: y(s as Tensor), g: tf.grad(y)(s as Tensor, tf.linspace(1, 2, 3)) } };
    },
  };
  assert.equal(operators(program), ["Exp", "Mul", "Mul"]);
});

test("products are put in order only where that cannot overflow or vanish", async () => {
  const program: Program = {
    label: "pass",
    inputs: { x: { shape: [2] }, y: { shape: [2] } },
    body: ({ x, y }) => ({
      outputs: {
        late: tf.mul(tf.mul(x as Tensor, 1e-29), y as Tensor),
        twice: tf.mul(tf.mul(x as Tensor, 1e-30), 1e-10),
        known: tf.mul(tf.mul(tf.mul(x as Tensor, 3), y as Tensor), 0.25),
      },
    }),
  };
  const inputs = { x: new Float32Array([1e30, 2]), y: new Float32Array([1e20, -3]) };
  const [compiled, reference] = await Promise.all([
    runOn(program, inputs, { engine: "cpu" }),
    runOn(program, inputs, { engine: "tfjs-cpu" }),
  ]);
  // Three roundings on either side, in another order.
  assertClose(compiled, reference, 1e-6, "products");
});

test("what is joined and then split again is not moved", () => {
  const program: Program = {
    label: "pass",
    inputs: { a: { shape: [2, 3] }, b: { shape: [2, 3] } },
    body: ({ a, b }) => {
      const [first, second] = tf.split(tf.concat([a as Tensor, tf.exp(b as Tensor)], 1), 2, 1);
      return { outputs: { first: tf.neg(first as Tensor), second: second as Tensor } };
    },
  };
  assert.equal(operators(program), ["Exp", "Neg"]);
  const uneven = of([4, 6], (x) => (tf.split(tf.concat([x, x], 0), [3, 5], 0)[1] as Tensor));
  assert.equal(operators(uneven), ["Concat", "Split"]);
}); // prettier-ignore

test("a transpose that moves only axes of size 1 is a reshape", () => {
  assert.equal(operators(of([1, 1, 7], (x) => tf.transpose(x, [2, 0, 1]))), ["Reshape"]);
  assert.equal(operators(of([1, 3, 7], (x) => tf.transpose(x, [1, 0, 2]))), ["Reshape"]);
  assert.equal(operators(of([1, 3, 7], (x) => tf.transpose(x, [2, 0, 1]))), ["Transpose"]);
});

test("equal constants are one, large ones too", () => {
  const large = (): Tensor => tf.linspace(0, 1, 100);
  const program = of([100], (x) => tf.mul(tf.sub(x, large()), tf.sub(x, large())));
  assert.equal(operators(program), ["Sub", "Mul"]);
});

test("the body of a loop captures what is made before it", () => {
  const program = of([3], (x) => {
    const { sum } = whileLoop(
      ({ sum: s }) => tf.less(tf.sum(s), 10),
      ({ sum: s }) => ({ sum: tf.add(s, tf.exp(x)) }),
      { sum: tf.exp(x) },
    );
    return sum;
  });
  assert.is(operators(program).filter((op) => op === "Exp").length, 1);
});

test("passes reach into the body of a repeated program", () => {
  const program: Program = {
    label: "pass",
    state: { w: { shape: [3] } },
    repeat: 5,
    body: ({ w }) => ({ outputs: {}, state: { w: tf.mul(tf.add(tf.neg(w as Tensor), 0), 1) } }),
  };
  assert.equal(operators(program), ["Loop", "Neg", "Identity"]);
});

test.run();
