import { test } from "uvu";
import * as assert from "uvu/assert";

import { realTensor } from "../../src/distributions/real.ts";
import { createStore, jacobian, tf, type Tensor } from "../../src/engine/index.ts";
import { drawNoise } from "../../src/math/noise.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows } from "../../src/math/rows.ts";
import { mean, standardError } from "../../src/math/statistics.ts";
import { mlp } from "../../src/nn/mlp.ts";
import { divergence, type Trace } from "../../src/ode/divergence.ts";
import type { Velocity } from "../../src/ode/velocity.ts";
import { applyTo, largest } from "../flows/helpers.ts";
import { saying } from "../saying.ts";

const exact: Trace = { kind: "exact" };
const normals = (count: number, name: string): Float64Array => createRng(name).normals(count);

/** A network of t, x and a condition, with the arrays that it reads. */
function field(dim: number) {
  const store = createStore();
  const shape = { inputs: dim + 1, outputs: dim, contextSize: 1 };
  const options = { hidden: [8], activation: "tanh", zeroLast: false } as const;
  const network = mlp(store, shape, options, createRng("field"));
  const velocity: Velocity = (t, x, call) => network(tf.concat([t, x], 1), call);
  return { store, velocity };
}

/** Rows whose last column is the time, and the one before the condition. */
const at = (dim: number, count: number) =>
  makeRows(normals(count * (dim + 2), `rows ${dim}`), [dim + 2]);

function parted(rows: Tensor): { x: Tensor; context: Tensor; t: Tensor } {
  const [x, context, t] = tf.split(rows, [(rows.shape[1] ?? 0) - 2, 1, 1], 1);
  return { x, context, t } as { x: Tensor; context: Tensor; t: Tensor };
}

/** v [N, D], ∇·v and ‖∂v/∂x‖² [N, 1] at such rows. */
function measured(velocity: Velocity, rows: Tensor, trace: Trace) {
  const { t, x, context } = parted(rows);
  const found = divergence(velocity, { t, x, call: { mode: "evaluate", context } }, trace);
  return { velocity: found.velocity, divergence: found.divergence, norm: found.squaredJacobian() };
}

const hutchinson = (probes: Tensor): Trace => ({ kind: "hutchinson", probes });

/** The unit vectors times √D, as the D probes of every row, [1, D, D]. */
const scaledUnits = (dim: number): Tensor =>
  tf.mul(tf.expandDims(tf.eye(dim), 0), tf.sqrt(tf.scalar(dim)));

const differences = (one: Float64Array, other: Float64Array): number =>
  largest(one.map((value, i) => value - (other[i] ?? NaN)));

// One reverse pass per column up to 16, the batch repeated above.
for (const dim of [1, 3, 18])
  test(`D = ${dim}: the exact divergence is the trace of the autodiff Jacobian, and so is its norm`, async () => {
    const { store, velocity } = field(dim);
    const found = await applyTo(store, at(dim, 4), (rows) => {
      const { x, context, t } = parted(rows);
      const again = (points: Tensor): Tensor => {
        const repeat = (tensor: Tensor): Tensor => tf.tile(tensor, [points.shape[0] / 4, 1]);
        return velocity(repeat(t), points, { mode: "evaluate", context: repeat(context) });
      };
      const whole = jacobian(again, x);
      return {
        ...measured(velocity, rows, exact),
        value: again(x),
        trace: tf.sum(tf.mul(whole, tf.eye(dim)), [1, 2]),
        square: tf.sum(tf.square(whole), [1, 2]),
      };
    });
    assert.ok(largest(found.trace) > 0.1);
    // Sums of D products in another order.
    assert.ok(differences(found.velocity, found.value) < 1e-13);
    assert.ok(differences(found.divergence, found.trace) < 1e-13);
    assert.ok(differences(found.norm, found.square) < 1e-13);
  });

test("Hutchinson with √D times the unit vectors is exact, whether rows share them or not", async () => {
  const { store, velocity } = field(3);
  const found = await applyTo(store, at(3, 5), (rows) => {
    const shared = measured(velocity, rows, hutchinson(scaledUnits(3)));
    const own = measured(velocity, rows, hutchinson(tf.tile(scaledUnits(3), [5, 1, 1])));
    const truth = measured(velocity, rows, exact);
    return {
      value: tf.concat(
        [shared, own].flatMap((e) => [e.velocity, e.divergence, e.norm]),
        1,
      ),
      truth: tf.concat(
        [truth, truth].flatMap((e) => [e.velocity, e.divergence, e.norm]),
        1,
      ),
    };
  });
  // √3² is 3 to round-off.
  assert.ok(differences(found.value, found.truth) < 1e-13);
});

for (const kind of ["rademacher", "normal"] as const)
  test(`the mean over 1e5 ${kind} probes is the divergence, within 4 standard errors`, async () => {
    const [dim, draws] = [3, 100_000];
    const { store, velocity } = field(dim);
    const point = at(dim, 1).values;
    const probes = drawNoise(kind, [draws, 1, dim], createRng(kind));
    // The same point in every row, a probe of its own in each.
    const width = 2 * dim + 2;
    const values = Float64Array.from({ length: draws * width }, (_, k) => {
      const [row, column] = [Math.floor(k / width), k % width];
      return point[column] ?? probes[row * dim + column - dim - 2] ?? NaN;
    });
    const found = await applyTo(store, makeRows(values, [width]), (all) => {
      const [rows, own] = tf.split(all, [dim + 2, dim], 1) as [Tensor, Tensor];
      const one = measured(velocity, tf.slice(rows, [0, 0], [1, dim + 2]), exact);
      return {
        ...measured(velocity, rows, hutchinson(tf.expandDims(own, 1))),
        truth: tf.tile(one.divergence, [draws, 1]),
        square: tf.tile(one.norm, [draws, 1]),
      };
    });
    for (const [estimate, truth] of [
      [found.divergence, found.truth],
      [found.norm, found.square],
    ] as const) {
      assert.ok(standardError(estimate) > 0, "the probes make no difference");
      assert.ok(Math.abs(mean(estimate) - mean(truth)) < 4 * standardError(estimate));
    }
  });

test("several probes give the mean of what each gives", async () => {
  const { store, velocity } = field(3);
  const values = [...normals(4 * 2 * 3, "probes")];
  const found = await applyTo(store, at(3, 4), (rows) => {
    const probes = realTensor(values, [4, 2, 3]);
    const both = measured(velocity, rows, hutchinson(probes));
    const [one, two] = (tf.split(probes, 2, 1) as [Tensor, Tensor]).map((some) =>
      measured(velocity, rows, hutchinson(some)),
    ) as [typeof both, typeof both];
    return {
      together: tf.concat([both.divergence, both.norm], 1),
      apart: tf.div(
        tf.add(tf.concat([one.divergence, one.norm], 1), tf.concat([two.divergence, two.norm], 1)),
        2,
      ),
    };
  });
  assert.ok(differences(found.together, found.apart) < 1e-13);
});

for (const form of ["one pass per column", "repeated batch", "hutchinson"] as const)
  test(`its gradient is that of finite differences (${form})`, async () => {
    const dim = form === "repeated batch" ? 17 : 2;
    const { store, velocity } = field(dim);
    const rows = at(dim, 3);
    const direction = [...normals(rows.values.length, "direction")];
    const h = 2 ** -17;
    const found = await applyTo(store, rows, (points) => {
      const trace =
        form === "hutchinson" ? hutchinson(tf.tensor3d([[[1, -1]], [[1, 1]], [[-1, 1]]])) : exact;
      const sum = (some: Tensor): Tensor => {
        const { divergence: one, norm } = measured(velocity, some, trace);
        return tf.add(tf.sum(one), tf.sum(norm));
      };
      const along = realTensor(direction, points.shape);
      const shifted = (by: number): Tensor => sum(tf.add(points, tf.mul(along, by)));
      const perRow = (value: Tensor): Tensor => tf.mul(tf.ones([3, 1]), value);
      return {
        slope: perRow(tf.sum(tf.mul(tf.grad(sum)(points), along))),
        difference: perRow(tf.div(tf.sub(shifted(h), shifted(-h)), 2 * h)),
      };
    });
    assert.ok(largest(found.slope) > 0.1);
    // h² = 6e-11 times a third derivative, and round-off of 1e-16 / h.
    assert.ok(differences(found.slope, found.difference) < 1e-8 * largest(found.slope));
  });

test("probes of another shape are refused", () => {
  const { velocity } = field(3);
  const probes = tf.zeros([2, 1, 3]);
  assert.throws(
    () => measured(velocity, tf.zeros([4, 5]), hutchinson(probes)),
    saying("expected probes of shape [4, K, 3] or [1, K, 3], got [2, 1, 3]"),
  );
});

test.run();
