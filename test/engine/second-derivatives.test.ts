import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile, tf, type Tensor } from "../../src/engine/index.ts";

const X = [-1.3, -0.2, 0.4, 1.1];
const W = 0.7;

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
/** f with its first and second derivative in closed form. */
const functions: Record<
  string,
  {
    readonly f: (x: Tensor) => Tensor;
    readonly first: (a: number) => number;
    readonly second: (a: number) => number;
  }
> = {
  tanh: {
    f: (x) => tf.tanh(x),
    first: (a) => 1 - Math.tanh(a) ** 2,
    second: (a) => -2 * Math.tanh(a) * (1 - Math.tanh(a) ** 2),
  },
  sigmoid: {
    f: (x) => tf.sigmoid(x),
    first: (a) => sigmoid(a) * (1 - sigmoid(a)),
    second: (a) => sigmoid(a) * (1 - sigmoid(a)) * (1 - 2 * sigmoid(a)),
  },
  silu: {
    f: (x) => tf.mul(x, tf.sigmoid(x)),
    first: (a) => sigmoid(a) * (1 + a * (1 - sigmoid(a))),
    second: (a) => sigmoid(a) * (1 - sigmoid(a)) * (2 + a * (1 - 2 * sigmoid(a))),
  },
  exp: { f: (x) => tf.exp(x), first: Math.exp, second: Math.exp },
  elu: {
    f: (x) => tf.elu(x),
    first: (a) => (a < 0 ? Math.exp(a) : 1),
    second: (a) => (a < 0 ? Math.exp(a) : 0),
  },
  softplus: {
    f: (x) => tf.softplus(x),
    first: sigmoid,
    second: (a) => sigmoid(a) * (1 - sigmoid(a)),
  },
  // Of the pair (x, 0): the sigmoid, by another way.
  softmax: {
    f: (x) =>
      tf.slice(tf.softmax(tf.stack([x, tf.zerosLike(x)], 1)), [0, 0], [X.length, 1]).flatten(),
    first: (a) => sigmoid(a) * (1 - sigmoid(a)),
    second: (a) => sigmoid(a) * (1 - sigmoid(a)) * (1 - 2 * sigmoid(a)),
  },
};

/** The derivative of f(w x) by x, and that of its sum by w. */
async function derivatives(
  f: (x: Tensor) => Tensor,
  options: Parameters<typeof compile>[1],
): Promise<{ slope: number[]; mixed: number }> {
  const program = await compile(
    {
      label: "second derivatives",
      inputs: { x: { shape: [X.length] }, w: { shape: [] } },
      body: ({ x, w }) => {
        const slope = (scale: Tensor): Tensor => tf.grad((at) => f(tf.mul(at, scale)))(x as Tensor);
        const total = (scale: Tensor): Tensor => tf.sum(slope(scale));
        return { outputs: { slope: slope(w as Tensor), mixed: tf.grad(total)(w as Tensor) } };
      },
    },
    options,
  );
  try {
    const { slope = [], mixed = [] } = await program.run({
      x: Float64Array.from(X),
      w: Float64Array.of(W),
    });
    return { slope: [...slope], mixed: mixed[0] ?? NaN };
  } finally {
    await program.dispose();
  }
}

for (const [name, { f, first, second }] of Object.entries(functions)) {
  test(`${name}: its slope knows how it depends on what is inside, eager and compiled`, async () => {
    const slopes = X.map((x) => W * first(W * x));
    // d/dw of w f′(w x), summed over the rows.
    const expected = X.reduce((sum, x) => sum + first(W * x) + W * x * second(W * x), 0);
    // float32 of numbers near 1, four of them added; float64.
    for (const [options, tolerance] of [
      [{ engine: "tfjs-cpu" }, 2e-6],
      [{ engine: "cpu", precision: "float64" }, 1e-13],
    ] as const) {
      const { slope, mixed } = await derivatives(f, options);
      slope.forEach((value, i) => {
        assert.ok(Math.abs(value - (slopes[i] ?? NaN)) < tolerance, `${options.engine}: ${value}`);
      });
      assert.ok(
        Math.abs(mixed - expected) < tolerance * 4,
        `${options.engine}: got ${mixed}, expected ${expected}`,
      );
    }
  });
}

test("the result that a gradient computes anew is the node of the first time when compiled", async () => {
  const nodesOf = async (body: (x: Tensor) => Tensor): Promise<number> => {
    const program = await compile(
      {
        label: "nodes",
        inputs: { x: { shape: [3] } },
        body: ({ x }) => {
          const { value, grad } = tf.valueAndGrad((at: Tensor) => tf.sum(tf.mul(body(at), 3)))(
            x as Tensor,
          );
          return { outputs: { value, grad } };
        },
      },
      { engine: "cpu" },
    );
    const { nodes } = program.info;
    await program.dispose();
    return nodes;
  };
  // sin keeps its input and computes another function for its slope: cos; tanh needs 1 − y² instead, a node more.
  assert.is(await nodesOf((x) => tf.tanh(x)), (await nodesOf((x) => tf.sin(x))) + 1);
});

test.run();
