import { test } from "uvu";
import * as assert from "uvu/assert";

import {
  compile,
  jvp,
  tf,
  type Arrays,
  type EngineOptions,
  type Tensor,
} from "../../src/engine/index.ts";
import {
  bindSlots,
  constantSlots,
  slotKey,
  slotSpecs,
  slotValues,
} from "../../src/evaluation/slots.ts";
import { affine } from "../../src/flows/affine.ts";
import { rationalQuadratic } from "../../src/flows/rational-quadratic.ts";
import { autoregressiveLayer, type Direction } from "../../src/flows/autoregressive-layer.ts";
import type { Layer } from "../../src/flows/layer.ts";
import type { Transformer } from "../../src/flows/transformer.ts";
import type { Call } from "../../src/model.ts";
import { CONTEXT, FLOAT64, parts, rng, type Parts } from "./autoregressive-parts.ts";

const transformers: Record<string, Transformer> = {
  affine: affine(),
  "rational-quadratic spline": rationalQuadratic({ bins: 4 }),
};

/** The slow direction as D recorded copies of the network, on the tape: what the loop must agree with. */
function recordedCopies(dim: number, { conditioner }: Parts, transformer: Transformer) {
  return (y: Tensor, call: Call): { to: Tensor; logDet: Tensor } => {
    const read = conditioner.read(call, y.shape[0]);
    let x = tf.zerosLike(y);
    let logSlope = x;
    for (let i = 0; i < dim; i++)
      ({ x, logSlope } = transformer.inverse(y, conditioner.apply(x, read)));
    return { to: x, logDet: tf.sum(logSlope, 1) };
  };
}

const slowOf =
  (layer: Layer, direction: Direction) =>
  (y: Tensor, call: Call): { to: Tensor; logDet: Tensor } => {
    if (direction === "forward") {
      const { x, logDet } = layer.decode(y, call);
      return { to: x, logDet };
    }
    const { z, logDet } = layer.encode(y, call);
    return { to: z, logDet };
  };

const ROWS = 4;
interface Outcome {
  readonly values: Arrays;
  readonly nodes: number;
}

/** Values of a map, and gradients of Σ a·to + Σ b·logDet by its rows, the context and every variable. */
async function outcome(
  { store }: Parts,
  dim: number,
  map: (y: Tensor, call: Call) => { to: Tensor; logDet: Tensor },
  inputs: Arrays,
  engine: EngineOptions = FLOAT64,
): Promise<Outcome> {
  const variables = store.slots("variable");
  const program = await compile(
    {
      label: "slow direction",
      inputs: {
        y: { shape: [ROWS, dim] },
        context: { shape: [ROWS, CONTEXT] },
        a: { shape: [ROWS, dim] },
        b: { shape: [ROWS] },
      },
      state: slotSpecs(variables),
      constants: constantSlots(store),
      body: (tensors) => {
        const get = (name: string): Tensor => tensors[name] as Tensor;
        const run = (y: Tensor, context: Tensor, ...values: Tensor[]) => {
          const bound = { ...tensors };
          variables.forEach((slot, i) => (bound[slotKey(slot)] = values[i] as Tensor));
          return bindSlots(store, bound, () => map(y, { mode: "train", context })).result;
        };
        const at = [get("y"), get("context"), ...variables.map((slot) => get(slotKey(slot)))];
        const gradients = tf.grads((...args: Tensor[]) => {
          const { to, logDet } = run(...(args as [Tensor, Tensor, ...Tensor[]]));
          return tf.add(tf.sum(tf.mul(to, get("a"))), tf.sum(tf.mul(logDet, get("b"))));
        })(at);
        const names = ["y", "context", ...variables.map(({ name }) => name)];
        return {
          outputs: {
            ...run(...(at as [Tensor, Tensor, ...Tensor[]])),
            ...Object.fromEntries(
              names.map((name, i) => [`gradient/${name}`, gradients[i] as Tensor]),
            ),
          },
        };
      },
    },
    engine,
  );
  try {
    program.set(slotValues(variables));
    return { values: await program.run(inputs), nodes: program.info.nodes };
  } finally {
    await program.dispose();
  }
}

const inputsFor = (dim: number): Arrays => ({
  y: rng.fork("y").normals(ROWS * dim),
  context: rng.fork("context").normals(ROWS * CONTEXT),
  a: rng.fork("a").normals(ROWS * dim),
  b: rng.fork("b").normals(ROWS),
});

function assertClose(got: Arrays, expected: Arrays, tolerance: number): void {
  assert.equal(Object.keys(got).sort(), Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected))
    values.forEach((value, i) => {
      const error = Math.abs((got[name]?.[i] ?? NaN) - value) / Math.max(1, Math.abs(value));
      assert.ok(error <= tolerance, `${name}[${i}]: ${String(got[name]?.[i])}, expected ${value}`);
    });
}

for (const [name, transformer] of Object.entries(transformers))
  for (const direction of ["forward", "inverse"] as const)
    test(`${name}, ${direction}: the slow direction and all its gradients are those of D recorded copies`, async () => {
      for (const dim of name === "affine" ? [1, 2, 3, 5] : [1, 3]) {
        const subject = parts(dim, transformer);
        const layer = autoregressiveLayer(dim, subject.conditioner, transformer, direction);
        const inputs = inputsFor(dim);
        const slow = await outcome(subject, dim, slowOf(layer, direction), inputs);
        const truth = await outcome(
          subject,
          dim,
          recordedCopies(dim, subject, transformer),
          inputs,
        );
        // The same numbers in another order of additions; the gradients reach some tens.
        assertClose(slow.values, truth.values, 1e-10);
      }
    });

test("the gradient of the slow direction is the slope of its value", async () => {
  const dim = 3;
  const transformer = affine();
  const subject = parts(dim, transformer);
  const layer = autoregressiveLayer(dim, subject.conditioner, transformer, "inverse");
  const inputs = inputsFor(dim);
  const { values } = await outcome(subject, dim, slowOf(layer, "inverse"), inputs);
  const loss = async (): Promise<number> => {
    const at = (await outcome(subject, dim, slowOf(layer, "inverse"), inputs)).values;
    const dot = (one: ArrayLike<number> = [], other: ArrayLike<number> = []): number =>
      Array.from(one).reduce((sum, value, i) => sum + value * (other[i] ?? NaN), 0);
    return dot(at["to"], inputs["a"]) + dot(at["logDet"], inputs["b"]);
  };
  for (const slot of subject.store.slots("variable").slice(0, 3)) {
    const gradient = Array.from(values[`gradient/${slot.name}`] ?? []);
    const norm = Math.hypot(...gradient);
    const start = slot.values;
    const shifted = (h: number): Promise<number> => {
      slot.values = start.map((value, i) => value + (h * (gradient[i] ?? NaN)) / norm);
      return loss();
    };
    const h = 1e-5;
    const slope = ((await shifted(h)) - (await shifted(-h))) / (2 * h);
    slot.values = start;
    // Central differences: error of order h² times the third derivative, round-off 1e-16 / h.
    assert.ok(Math.abs(slope / norm - 1) < 1e-7, slot.name);
  }
});

test("the eager engine gives the same values and gradients to float32 round-off", async () => {
  const transformer = affine();
  const subject = parts(3, transformer);
  const map = slowOf(
    autoregressiveLayer(3, subject.conditioner, transformer, "inverse"),
    "inverse",
  );
  const inputs = inputsFor(3);
  const compiled = await outcome(subject, 3, map, inputs, { engine: "cpu" });
  const eager = await outcome(subject, 3, map, inputs, { engine: "tfjs-cpu" });
  assertClose(eager.values, compiled.values, 1e-4);
});

test("the loop is compiled once: the graph does not grow with D", async () => {
  const nodes: number[] = [];
  for (const dim of [3, 30]) {
    const subject = parts(dim, affine());
    const layer = autoregressiveLayer(dim, subject.conditioner, affine(), "inverse");
    nodes.push((await outcome(subject, dim, slowOf(layer, "inverse"), inputsFor(dim))).nodes);
  }
  assert.is(nodes[0], nodes[1]);
});

test("a second derivative of the slow direction is refused, not wrong", () => {
  const { store, conditioner } = parts(2, affine(), { contextSize: 0 });
  const layer = autoregressiveLayer(2, conditioner, affine(), "inverse");
  const tensors = Object.fromEntries(
    store.slots().map((s) => [s.name, tf.tensor(Array.from(s.values), [...s.shape])]),
  );
  const encode = (y: Tensor): Tensor =>
    store.bind(tensors, () => layer.encode(y, { mode: "evaluate" })).result.z;
  const y = tf.tensor2d([[0.5, -1]]);
  assert.throws(() => jvp(encode, y, tf.onesLike(y)), /whileLoop has no gradient/);
});

test.run();
