import { test } from "uvu";
import * as assert from "uvu/assert";

import {
  compile,
  createStore,
  tf,
  valueAndPullBack,
  type EngineOptions,
  type Tensor,
  type Tensors,
} from "../../src/engine/index.ts";
import { bindSlots, slotKey, slotSpecs, slotValues } from "../../src/evaluation/slots.ts";
import { createRng } from "../../src/math/rng.ts";
import { mlp } from "../../src/nn/mlp.ts";
import { differentiableSolve, type Problem } from "../../src/ode/adjoint.ts";
import type { Interval, Solver } from "../../src/ode/solver.ts";
import { dopri5 } from "../../src/ode/tableaus.ts";
import { largest } from "../flows/helpers.ts";

const [ROWS, COLUMNS, CONTEXT] = [5, 3, 2];
const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };

const tight: Solver = { tableau: dopri5, rtol: 1e-10, atol: 1e-10, maxSteps: 1000 };
const loose: Solver = { tableau: dopri5, rtol: 1e-5, atol: 1e-5, maxSteps: 1000 };
/** An error of (1/10)⁵ times a constant that is small for methods of this order. */
const unrolled: Solver = { tableau: dopri5, steps: 10 };

/** dy/dt = (a network of t, y and the context) · probes, with a variable that nothing depends on. */
function setUp() {
  const store = createStore();
  const rng = createRng("adjoint");
  const shape = { inputs: COLUMNS + 1, outputs: COLUMNS, contextSize: CONTEXT };
  const options = { hidden: [6], activation: "tanh", zeroLast: false } as const;
  const network = mlp(store, shape, options, rng);
  const idle = store.variable("idle", [1], [0.5]);
  const probes = store.scope("fixed").constant("scale", [1, COLUMNS], [1, -0.5, 2]);
  store.variable("unread", [2], [1, 2]);
  const dynamics: Problem["dynamics"] = (t, y, { context, probes: sign }) => {
    idle.read();
    const value = network(tf.concat([t, y], 1), { mode: "train", ...(context && { context }) });
    return tf.mul(tf.mul(value, probes.read()), sign as Tensor);
  };
  return { store, dynamics };
}

interface Gradients {
  readonly loss: Float64Array;
  readonly start: Float64Array;
  readonly context: Float64Array;
  readonly variables: Float64Array;
}

/** What the loss depends on. */
interface Inputs {
  readonly start: Tensor;
  readonly context: Tensor;
  readonly probes: Tensor;
  readonly weights: Tensor;
}

const shapes: Readonly<Record<keyof Inputs, readonly number[]>> = {
  start: [ROWS, COLUMNS],
  context: [ROWS, CONTEXT],
  probes: [ROWS, COLUMNS],
  weights: [ROWS, COLUMNS],
};

/** A weighted sum of squares of the solution at all times. */
function lossOf({ dynamics, store }: Problem, inputs: Inputs, interval: Interval, solver: Solver) {
  const { start, context, probes, weights } = inputs;
  const problem: Problem = { dynamics, store, given: { context }, fixed: { probes } };
  const { end, at } = differentiableSolve(problem, start, interval, solver);
  return tf.addN([...at, end].map((y, i) => tf.sum(tf.mul(tf.square(y), tf.mul(weights, 1 + i)))));
}

/** The loss and its gradients. */
async function gradients(
  interval: Interval,
  solver: Solver,
  engine: EngineOptions = FLOAT64,
): Promise<Gradients> {
  const problem = setUp();
  const { store } = problem;
  const variables = store.slots("variable").filter(({ name }) => name !== "unread");
  const program = await compile(
    {
      label: "adjoint",
      inputs: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }])),
      state: slotSpecs(store.slots()),
      body: (tensors) => {
        const inputs = tensors as Tensors & Inputs;
        const loss = (start: Tensor, context: Tensor, ...values: Tensor[]): Tensor => {
          const bound = { ...tensors };
          variables.forEach((slot, i) => (bound[slotKey(slot)] = values[i] as Tensor));
          return bindSlots(store, bound, () =>
            lossOf(problem, { ...inputs, start, context }, interval, solver),
          ).result;
        };
        const values = variables.map((slot) => tensors[slotKey(slot)] as Tensor);
        const found = valueAndPullBack(
          loss,
          [inputs.start, inputs.context, ...values],
          tf.scalar(1),
        );
        const [start, context, ...rest] = found.gradients as [Tensor, Tensor, ...Tensor[]];
        const flat = tf.concat(rest.map((gradient) => tf.reshape(gradient, [-1])));
        return { outputs: { loss: found.value, start, context, variables: flat } };
      },
    },
    engine,
  );
  program.set(slotValues(store.slots()));
  const rng = createRng("inputs");
  const drawn = Object.entries(shapes).map(([name, [rows = 1, columns = 1]]) => [
    name,
    rng.fork(name).normals(rows * columns),
  ]);
  const outputs = await program.run(Object.fromEntries(drawn) as Record<string, Float64Array>);
  await program.dispose();
  return outputs as unknown as Gradients;
}

function expectSame(one: Gradients, other: Gradients, tolerance: number): void {
  for (const name of ["loss", "start", "context", "variables"] as const) {
    const scale = largest(other[name]);
    const error = largest(one[name].map((value, i) => value - (other[name][i] ?? NaN)));
    assert.ok(scale > 0.1, `the gradient towards ${name} is too small to be compared: ${scale}`);
    assert.ok(error <= tolerance * scale, `${name}: error ${error} of ${scale}`);
  }
}

const interval: Interval = { from: 0, to: 1 };
const reference = gradients(interval, unrolled);

test("the adjoint's gradients towards start, context and variables are those of unrolled steps", async () => {
  expectSame(await gradients(interval, tight), await reference, 1e-6);
});

test("they are so backwards in time, and with losses at times in between", async () => {
  const backwards: Interval = { from: 1.2, to: 0.1, at: [0.9, 0.5] };
  expectSame(await gradients(backwards, tight), await gradients(backwards, unrolled), 1e-6);
});

test("looped fixed steps take the adjoint as well", async () => {
  const looped: Solver = { ...unrolled, looped: true };
  // Of the same order as the method, but another constant.
  expectSame(await gradients(interval, looped), await reference, 1e-5);
});

test("a looser tolerance makes a gradient that is off by no more than it says", async () => {
  // Errors of single steps add up over the way, and over rows.
  expectSame(await gradients(interval, loose), await reference, 1e-3);
});

test("the eager engine, in float32, gives the same gradients, and keeps no tensor", async () => {
  const eager: EngineOptions = { engine: "tfjs-cpu" };
  await gradients(interval, loose, eager);
  const before = tf.memory().numTensors;
  const one = await gradients(interval, loose, eager);
  assert.is(tf.memory().numTensors, before);
  expectSame(one, await reference, 1e-3);
});

test.run();
