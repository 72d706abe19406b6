import { test } from "uvu";
import * as assert from "uvu/assert";
import { invertUnitTriangular, tf, type Program, type Tensor } from "../../src/engine/index.ts";
import { assertClose, numbers, runOn, weighted } from "./compare.ts";
import { saying } from "../saying.ts";

type Side = "lower" | "upper";
const float64 = { engine: "cpu", precision: "float64" } as const;
const DIMS = [1, 2, 3, 8, 43];

const program = (dim: number, body: (matrix: Tensor) => Tensor): Program => ({
  label: "triangular",
  inputs: { matrix: { shape: [dim, dim] } },
  body: ({ matrix }) => ({ outputs: { y: body(matrix as Tensor) } }),
});
const run = async (dim: number, body: (m: Tensor) => Tensor, matrix: Float64Array) =>
  Float64Array.from((await runOn(program(dim, body), { matrix }, float64))["y"] ?? []);

/** Filled on both sides, so that a wrong side shows; off-diagonals such that inverses stay moderate. */
const filled = (dim: number): Float64Array =>
  Float64Array.from(numbers(dim * dim, -1, 1)).map((v) => v / Math.sqrt(dim));
/** The unit triangular matrix that is meant. */
const triangle = (matrix: Float64Array, dim: number, side: Side): Float64Array =>
  matrix.map((v, k) => {
    const [i, j] = [Math.floor(k / dim), k % dim];
    return i === j ? 1 : (side === "lower" ? i > j : i < j) ? v : 0;
  });

/** T⁻¹ by substitution on the host, column by column. */
function substitute(matrix: Float64Array, dim: number, side: Side): Float64Array {
  const inverse = new Float64Array(dim * dim);
  const at = (from: Float64Array, i: number, j: number): number => from[i * dim + j] ?? 0;
  const rows = Array.from({ length: dim }, (_, i) => (side === "lower" ? i : dim - 1 - i));
  for (let column = 0; column < dim; column++)
    for (const i of rows) {
      let sum = i === column ? 1 : 0;
      for (let k = 0; k < dim; k++) if (k !== i) sum -= at(matrix, i, k) * at(inverse, k, column);
      inverse[i * dim + column] = sum;
    }
  return inverse;
}

for (const side of ["lower", "upper"] as const)
  for (const dim of DIMS) {
    test(`${side}, D = ${dim}: the inverse is that of substitution, whatever stands on the other side`, async () => {
      const inverse = await run(dim, (m) => invertUnitTriangular(m, side), filled(dim));
      const truth = substitute(triangle(filled(dim), dim, side), dim, side);
      // Round-off of sums of up to 43 terms, on inverses with entries up to about 10.
      assertClose({ inverse }, { inverse: truth }, 1e-13, `${side} ${dim}`);
    });

    test(`${side}, D = ${dim}: the gradient is that of finite differences`, async () => {
      const loss = (m: Tensor): Tensor => weighted(invertUnitTriangular(m, side));
      const start = filled(dim);
      const gradient = await run(dim, (m) => tf.grad(loss)(m), start);
      const direction = Float64Array.from(numbers(dim * dim, -1, 1, 17));
      const along = gradient.reduce((sum, g, k) => sum + g * (direction[k] ?? 0), 0);
      const h = 1e-5;
      const at = async (step: number): Promise<number> =>
        (
          await run(
            dim,
            loss,
            start.map((v, k) => v + step * (direction[k] ?? 0)),
          )
        )[0] ?? NaN;
      const slope = ((await at(h)) - (await at(-h))) / (2 * h);
      // Central differences: error of order h² times a third derivative, and ε/h of round-off.
      assert.ok(Math.abs(slope - along) < 1e-7 * (1 + Math.abs(slope)), `${slope} ${along}`);
    });
  }

test("ill-conditioned factors of a pivoted matrix are inverted to round-off times their condition", async () => {
  // The worst case of partial pivoting: −1 everywhere below the diagonal; the inverse grows to 2^(D−2).
  const dim = 43;
  const matrix = new Float64Array(dim * dim).fill(-1);
  const inverse = await run(dim, (m) => invertUnitTriangular(m, "lower"), matrix);
  // All numbers on the way are integers below 2^53, so nothing is rounded at all.
  const truth = substitute(triangle(matrix, dim, "lower"), dim, "lower");
  assertClose({ inverse }, { inverse: truth }, 0, "powers of two");
});

test("a second derivative flows through", async () => {
  const dim = 3;
  const squared = (m: Tensor): Tensor => tf.sum(tf.square(invertUnitTriangular(m, "lower")));
  const curvature = (m: Tensor): Tensor => weighted(tf.grad(squared)(m));
  const start = filled(dim);
  const hessian = await run(dim, (m) => tf.grad(curvature)(m), start);
  const h = 1e-5;
  const moved = (step: number) => start.map((v, k) => v + (k === 6 ? step : 0));
  const [after] = await run(dim, curvature, moved(h));
  const [before] = await run(dim, curvature, moved(-h));
  const slope = ((after ?? NaN) - (before ?? NaN)) / (2 * h);
  assert.ok(Math.abs(slope - (hessian[6] ?? NaN)) < 1e-7 * (1 + Math.abs(slope)));
});

test("a matrix that is not square is refused", () => {
  assert.throws(
    () => invertUnitTriangular(tf.zeros([2, 3]), "lower"),
    saying("square matrix, got [2, 3]"),
  );
});

test.run();
