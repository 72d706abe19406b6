import { test } from "uvu";
import * as assert from "uvu/assert";

import { standardNormal } from "../../src/distributions/standard-normal.ts";
import { createStore, tf } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { likelihoodLoss, type PathWeights } from "../../src/ode/likelihood-loss.ts";
import { solvers } from "../../src/ode/solvers.ts";
import { inFloat64 } from "../in-float64.ts";

const zero = tf.scalar(0);

/** v = A x with A = [[a, −w], [w, a]], so that x(t) = e^(a t) R(w t) x(0). */
const [a, w] = [0.5, 1.25];
const rows = Array.from({ length: 5 }, (_, i) => [...createRng(1).fork(i).normals(2)]);
const squares = rows.map(([x = 0, y = 0]) => x * x + y * y);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** From data at 1 to noise at 0: ‖z‖² = e^(−2a) ‖x‖², log|det| = −2a. */
const exactNll =
  mean(squares.map((s) => 0.5 * Math.exp(-2 * a) * s)) + Math.log(2 * Math.PI) + 2 * a;
/** |λ|² ‖x‖² ∫ e^(−2a(1 − t)) dt with |λ|² = a² + w². */
const exactKinetic = ((a * a + w * w) * (1 - Math.exp(-2 * a)) * mean(squares)) / (2 * a);
const exactJacobian = 2 * (a * a + w * w);

async function loss(
  { solver = "rk4", steps = 64, probes = [] as number[][] },
  weights: PathWeights = { kinetic: 0, jacobian: 0 },
): Promise<Record<string, number>> {
  const count = rows.length;
  const outputs = await inFloat64(
    { rows, ...(probes.length > 0 && { probes }) },
    ({ rows: x = zero, probes: given }) => {
      const matrix = tf.tensor2d([
        [a, w],
        [-w, a],
      ]);
      const { loss: total, scalars } = likelihoodLoss(
        {
          velocity: (_, at) => tf.matMul(at, matrix),
          store: createStore(),
          base: standardNormal(2),
          interval: { from: 1, to: 0 },
          solver: { tableau: solvers.get(solver), steps },
          weights,
        },
        {
          rows: x,
          ...(given && { probes: tf.reshape(given, [count, -1, 2]) }),
          call: { mode: "train" },
        },
      );
      return { loss: total, ...scalars };
    },
  );
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, values[0] ?? NaN]),
  );
}

const near = (got: number | undefined, expected: number, tolerance: number): void => {
  assert.ok(
    Math.abs((got ?? NaN) - expected) <= tolerance,
    `expected ${expected} to ${tolerance}, got ${String(got)}`,
  );
};

test("of a linear field it is the exact mean of −log p", async () => {
  const { loss: total, nll } = await loss({});
  // RK4 with 64 steps: |λ/64|⁴/120 and less for each unit of time.
  near(total, exactNll, 1e-8);
  assert.is(nll, total);
});

for (const [solver, order] of [
  ["euler", 1],
  ["midpoint", 2],
  ["rk4", 4],
] as const)
  test(`its error falls with the steps by the order of ${solver}, ${order}`, async () => {
    const errors = await Promise.all(
      [16, 32].map(async (steps) =>
        Math.abs(((await loss({ solver, steps }))["loss"] ?? NaN) - exactNll),
      ),
    );
    const measured = Math.log2((errors[0] ?? NaN) / (errors[1] ?? NaN));
    assert.ok(Math.abs(measured - order) < 0.2, `measured ${measured}`);
  });

test("of a linear field, RNODE's terms are those of the closed form, and are added by their weights", async () => {
  const { loss: total, nll, kinetic, jacobian } = await loss({}, { kinetic: 0.3, jacobian: 0.02 });
  near(kinetic, exactKinetic, 1e-8);
  near(jacobian, exactJacobian, 1e-8);
  near(total, exactNll + 0.3 * exactKinetic + 0.02 * exactJacobian, 1e-8);
  near(nll, exactNll, 1e-8);
});

test("a term alone takes its own column", async () => {
  const jacobianOnly = await loss({}, { kinetic: 0, jacobian: 1 });
  near(jacobianOnly["loss"], exactNll + exactJacobian, 1e-8);
  assert.not("kinetic" in jacobianOnly);
  const kineticOnly = await loss({}, { kinetic: 1, jacobian: 0 });
  near(kineticOnly["loss"], exactNll + exactKinetic, 1e-8);
});

test("with probes √D e_1, …, √D e_D in every row the estimate is exact", async () => {
  const root = Math.SQRT2;
  const probes = rows.map(() => [root, 0, 0, root]);
  const { loss: total, jacobian } = await loss({ probes }, { kinetic: 0, jacobian: 1 });
  // (1/D) Σ_i (√D e_i)ᵀ A (√D e_i) = tr A, and likewise ‖A‖²; √2 is rounded when it is squared.
  near(jacobian, exactJacobian, 1e-8);
  near(total, exactNll + exactJacobian, 1e-8);
  // One probe per row gives another number: the probes are used.
  const one = await loss({ probes: rows.map(() => [root, 0]) }, { kinetic: 0, jacobian: 1 });
  near(one["nll"], exactNll, 1e-8);
  const mixed = await loss({ probes: rows.map(() => [1.5, 0]) });
  near(mixed["nll"], exactNll - 2 * a + 1.5 ** 2 * a, 1e-8);
});

test.run();
