import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile, createStore, tf, valueAndPullBack, type Tensor } from "../../src/engine/index.ts";
import { bindSlots, slotKey, slotSpecs, slotValues } from "../../src/evaluation/slots.ts";
import { createRng } from "../../src/math/rng.ts";
import { mlp } from "../../src/nn/mlp.ts";
import type { Solver } from "../../src/ode/solver.ts";
import { dopri5 } from "../../src/ode/tableaus.ts";
import { transport, type Field } from "../../src/ode/transport.ts";
import { largest } from "../flows/helpers.ts";
import { FLOAT64 } from "./flow-of.ts";

const [ROWS, DIM, CONTEXT] = [4, 2, 1];
const shapes = {
  start: [ROWS, DIM],
  context: [ROWS, CONTEXT],
  probes: [ROWS, 1, DIM],
} as const;

function setUp(estimated: boolean): Field {
  const store = createStore();
  const shape = { inputs: DIM + 1, outputs: DIM, contextSize: CONTEXT };
  const options = { hidden: [6, 6], activation: "silu", zeroLast: false } as const;
  const network = mlp(store.scope("net"), shape, options, createRng("transport"));
  return {
    store,
    velocity: (t, x, call) => network(tf.concat([t, x], 1), call),
    ...(estimated && { probes: store.constant("probes", [1, 1, DIM], [1, 1]) }),
  };
}

/** Gradients of Σ |x|² + 3 logDet at the end, towards the rows, the condition and the variables, one behind the other. */
async function gradients(estimated: boolean, solver: Solver): Promise<Float64Array> {
  const field = setUp(estimated);
  const variables = field.store.slots("variable");
  const program = await compile(
    {
      label: "transport",
      inputs: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }])),
      state: slotSpecs(field.store.slots()),
      body: (tensors) => {
        const { start, context, probes } = tensors as Record<keyof typeof shapes, Tensor>;
        const loss = (...[from, condition, ...values]: Tensor[]): Tensor => {
          const bound = { ...tensors };
          variables.forEach((slot, i) => (bound[slotKey(slot)] = values[i] as Tensor));
          const interval = { from: 1, to: 0.2 };
          const call = { mode: "train", context: condition as Tensor } as const;
          return bindSlots(field.store, bound, () => {
            const { x, logDet } = transport(field, from as Tensor, {
              ...{ interval, solver, call },
              ...(estimated && { probes }),
            });
            return tf.add(tf.sum(tf.square(x)), tf.mul(tf.sum(logDet), 3));
          }).result;
        };
        const inputs = [start, context, ...variables.map((slot) => tensors[slotKey(slot)])];
        const found = valueAndPullBack(loss, inputs as Tensor[], tf.scalar(1));
        const flat = found.gradients.map((gradient) => tf.reshape(gradient, [-1]));
        return { outputs: { gradient: tf.concat(flat) } };
      },
    },
    FLOAT64,
  );
  program.set(slotValues(field.store.slots()));
  const rng = createRng("inputs");
  const { gradient } = await program.run({
    start: rng.normals(ROWS * DIM),
    context: rng.normals(ROWS * CONTEXT),
    probes: rng.normals(ROWS * DIM).map(Math.sign),
  });
  await program.dispose();
  return gradient as Float64Array;
}

for (const estimated of [false, true])
  test(`the likelihood's gradient by the adjoint is that of unrolled steps (${estimated ? "Hutchinson" : "exact trace"})`, async () => {
    const adjoint: Solver = { tableau: dopri5, rtol: 1e-9, atol: 1e-9, maxSteps: 1000 };
    const unrolled = await gradients(estimated, { tableau: dopri5, steps: 8 });
    const found = await gradients(estimated, adjoint);
    const scale = largest(unrolled);
    assert.ok(scale > 1);
    // Of the unrolled steps, (1/10)⁵ times a constant.
    assert.ok(largest(found.map((value, i) => value - (unrolled[i] ?? NaN))) < 1e-5 * scale);
  });

test.run();
