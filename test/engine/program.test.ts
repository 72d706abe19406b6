import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, tf, type Program, type Tensor, type Tensor2D } from "../../src/engine/index.ts";
import { assertClose, assertRejects, numbers, runOn } from "./compare.ts";

/** Gradient descent on ½|x − w|² with a rate that is fed. */
const descent = (repeat?: number): Program => ({
  label: "descent",
  inputs: { x: { shape: [3] }, rate: { shape: [] } },
  state: { w: { shape: [3] }, offset: { shape: [3] } },
  ...(repeat === undefined ? {} : { repeat }),
  body: ({ x, rate, w, offset }) => {
    const loss = (p: Tensor): Tensor =>
      tf.mul(0.5, tf.sum(tf.square(tf.sub(tf.add(x as Tensor, offset as Tensor), p))));
    const gradient = tf.grad(loss)(w as Tensor);
    return {
      outputs: { loss: loss(w as Tensor) },
      state: { w: tf.sub(w as Tensor, tf.mul(rate as Tensor, gradient)) },
    };
  },
});
const ENGINES = ["tfjs-cpu", "cpu", "wasm"] as const;

for (const engine of ENGINES) {
  test(`${engine}: state goes from run to run, and what is not returned stays`, async () => {
    const program = await compile(descent(), { engine });
    program.set({ w: new Float32Array([1, 2, 3]), offset: new Float32Array([1, 1, 1]) });
    const feeds = { x: new Float32Array([0, 0, 0]), rate: new Float32Array([0.5]) };
    assert.equal((await program.run(feeds))["loss"]?.[0], 2.5);
    // Distances to 1 halve at each step: 0, 1, 2 → 0, ½, 1 → 0, ¼, ½.
    assert.equal((await program.run(feeds))["loss"]?.[0], 0.625);
    const { w, offset } = await program.get();
    assert.equal(Array.from(w as Float32Array), [1, 1.25, 1.5]);
    assert.equal(Array.from(offset as Float32Array), [1, 1, 1]);
    await program.dispose();
  });

  test(`${engine}: repetitions in one call equal as many calls`, async () => {
    const steps = 4;
    const x = numbers(3 * steps);
    const rate = numbers(steps, 0.1, 0.9);
    const one = await compile(descent(), { engine });
    const losses: number[] = [];
    for (let s = 0; s < steps; s++) {
      const { loss } = await one.run({
        x: x.subarray(3 * s, 3 * s + 3),
        rate: rate.subarray(s, s + 1),
      });
      losses.push(loss?.[0] as number);
    }
    const all = await compile(descent(steps), { engine });
    const { loss } = await all.run({ x, rate });
    // The same operations in the same order on the same engine: bit-equal.
    assert.equal(Array.from(loss as Float32Array), losses);
    assert.equal(await all.get(), await one.get());
    await Promise.all([one.dispose(), all.dispose()]);
  });
}

test("float64 keeps what float32 loses", async () => {
  const program: Program = {
    label: "sum",
    inputs: { x: { shape: [2] } },
    constants: { c: { shape: [], values: new Float64Array([1 + 2 ** -40]) } },
    body: ({ x, c }) => ({ outputs: { y: tf.mul(tf.sum(x as Tensor), c as Tensor) } }),
  };
  const x = new Float64Array([1, 2 ** -40]);
  const exact = (1 + 2 ** -40) ** 2;
  assert.is(
    (await runOn(program, { x }, { engine: "cpu", precision: "float64" }))["y"]?.[0],
    exact,
  );
  assert.is((await runOn(program, { x }, { engine: "cpu" }))["y"]?.[0], 1);
});

test("softplus of large numbers is that number, in both precisions", async () => {
  const program: Program = {
    label: "softplus",
    inputs: { x: { shape: [6] } },
    body: ({ x }) => ({ outputs: { y: tf.softplus(x as Tensor) } }),
  };
  const x = Float64Array.of(-1000, -3, 0, 39.5, 40.5, 1e6);
  const exact = x.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
  for (const precision of ["float32", "float64"] as const) {
    const { y } = await runOn(program, { x }, { engine: "cpu", precision });
    // A few units in the last place.
    const tolerance = precision === "float32" ? 1e-6 : 1e-15;
    for (const [i, value] of exact.entries())
      assert.ok(Math.abs((y?.[i] ?? NaN) - value) <= tolerance * Math.max(1, value), `${y?.[i]}`);
  }
});

test("two threads compute what one does", async () => {
  const program: Program = {
    label: "product",
    inputs: { a: { shape: [200, 300] }, b: { shape: [300, 100] } },
    body: ({ a, b }) => ({
      outputs: { c: tf.tanh(tf.matMul(a as Tensor2D, b as Tensor2D)) },
    }),
  };
  const feeds = { a: numbers(60_000), b: numbers(30_000, -1, 1, 5) };
  // Threads share out rows and columns of the result; sums over 300 products may be ordered differently.
  assertClose(
    await runOn(program, feeds, { threads: 2 }),
    await runOn(program, feeds, { threads: 1 }),
    1e-5,
    "threads",
  );
});

const simple = (body: (x: Tensor) => Tensor): Program => ({
  label: "my-flow: training step",
  inputs: { x: { shape: [2, 3] } },
  body: ({ x }) => ({ outputs: { y: body(x as Tensor) } }),
});

test("an op without a lowering is named, with its program and the cure", () =>
  assertRejects(
    compile(simple((x) => tf.linalg.bandPart(tf.topk(x as Tensor2D, 2).values, 0, -1))),
    /^my-flow: training step: .*op "TopK".*engine=tfjs-cpu.*src\/engine\/kernels/,
  ));

test("reading a value while recording is named, with the cure", () =>
  assertRejects(
    compile(simple((x) => tf.mul(x, x.dataSync()[0] as number))),
    /^my-flow: training step: a value of shape \[2, 3\] was read \(dataSync.*input/,
  ));

test("a tensor from outside is refused, with the cure", () => {
  const outside = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  return assertRejects(
    compile(simple((x) => tf.add(x, outside))),
    /^my-flow: training step: a tensor from outside was used.*constant/,
  );
});

test("a state that changes shape is refused", () =>
  assertRejects(
    compile({
      label: "grow",
      state: { h: { shape: [2] } },
      body: ({ h }) => ({ outputs: {}, state: { h: tf.concat([h as Tensor, h as Tensor]) } }),
    }),
    /^grow: the state "h" has shape \[2\], but the function returns \[4\]/,
  ));

test("wrong lengths, unknown and missing inputs are refused by name", async () => {
  const program = await compile(simple((x) => tf.neg(x)));
  const failure = (feeds: Record<string, Float32Array>): string => {
    try {
      void program.run(feeds);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("nothing failed");
  };
  assert.match(
    failure({ x: new Float32Array(4) }),
    /input "x" of shape \[2, 3\] needs 6 values, got 4.*compile another/,
  );
  assert.match(failure({ y: new Float32Array(6) }), /no input is named "y"; there are: x/);
  assert.match(failure({}), /input "x" is missing/);
  await program.dispose();
});

test("a second run before the first has ended is refused", async () => {
  const program = await compile(simple((x) => tf.neg(x)));
  const first = program.run({ x: new Float32Array(6) });
  assert.throws(() => program.run({ x: new Float32Array(6) }), /a run is under way; await it/);
  await first;
  await program.run({ x: new Float32Array(6) });
  await program.dispose();
});

test("float64 on an engine that has none is refused", () =>
  assertRejects(
    compile(
      simple((x) => x),
      { engine: "webgpu", precision: "float64" },
    ),
    /engine=webgpu computes in float32 only.*engine=cpu/,
  ));

test("an output that is an input, a constant or another output comes out", async () => {
  const program: Program = {
    label: "passing",
    inputs: { x: { shape: [2] } },
    constants: { c: { shape: [1], values: new Float32Array([3]) } },
    body: ({ x, c }) => {
      const y = tf.neg(x as Tensor);
      return { outputs: { x: x as Tensor, c: c as Tensor, y, again: y } };
    },
  };
  const feeds = { x: new Float32Array([1, -2]) };
  assertClose(
    await runOn(program, feeds, { engine: "cpu" }),
    await runOn(program, feeds, { engine: "tfjs-cpu" }),
    0,
    "passing",
  );
});

test.run();
