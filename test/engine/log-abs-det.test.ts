import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  jacobian,
  logAbsDet,
  loopedJacobian,
  tf,
  type EngineOptions,
  type Program,
  type Tensor,
} from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { slogdet } from "../../src/math/slogdet.ts";
import { assertClose, assertRejects, runOn } from "./compare.ts";

const FLOAT64 = { engine: "cpu", precision: "float64" } as const;
/** Round-off of D² numbers in sums of at most 43 logarithms, on Gaussian matrices (condition numbers up to 1e4). */
const ENGINES: readonly (readonly [EngineOptions, number])[] = [
  [FLOAT64, 1e-11],
  [{ engine: "cpu" }, 1e-3],
  [{ engine: "wasm" }, 1e-3],
  [{ engine: "tfjs-cpu" }, 1e-3],
];

const program = (count: number, dim: number): Program => ({
  label: "log|det|",
  inputs: { matrices: { shape: [count, dim, dim] } },
  body: ({ matrices }) => ({ outputs: { y: logAbsDet(matrices as Tensor) } }),
});
const run = async (matrices: Float64Array, dim: number, options: EngineOptions = FLOAT64) => {
  const count = matrices.length / dim ** 2;
  return (await runOn(program(count, dim), { matrices }, options))["y"] ?? new Float64Array();
};

const gaussian = (count: number, dim: number): Float64Array =>
  createRng(`log-abs-det ${dim}`).normals(count * dim ** 2);
const truth = (matrices: Float64Array, dim: number): Float64Array =>
  Float64Array.from({ length: matrices.length / dim ** 2 }, (_, i) => {
    const size = dim ** 2;
    return slogdet(matrices.slice(i * size, (i + 1) * size), dim).logAbs;
  });

for (const [options, tolerance] of ENGINES)
  test(`log|det| is that of slogdet on ${options.engine ?? ""} ${options.precision ?? "float32"}`, async () => {
    for (const [count, dim] of [
      [5, 1],
      [7, 2],
      [4, 5],
      [3, 43],
    ] as const) {
      const matrices = gaussian(count, dim);
      const y = Float64Array.from(await run(matrices, dim, options));
      assertClose({ y }, { y: truth(matrices, dim) }, tolerance, `${dim}`);
    }
  });

test("zero pivots on the way are exchanged, tiny ones are not divided by", async () => {
  // Permutations times scales; without pivoting the second loses all digits: 1 − 1/1e-20.
  const permuted = Float64Array.of(0, 2, 0, 0, 0, 3, 4, 0, 0);
  assertClose(
    { y: await run(permuted, 3) },
    { y: Float64Array.of(Math.log(24)) },
    1e-15,
    "permutation",
  );
  const tiny = Float64Array.of(1e-20, 1, 1, 1);
  assertClose({ y: await run(tiny, 2) }, { y: Float64Array.of(0) }, 1e-15, "tiny pivot");
});

test("pivots are found among entries that are nothing beside one", async () => {
  // 1 + 1e-20 is 1 in float64: a row must not be chosen by such a sum. The determinant is 24 · scale³.
  const scale = 2 ** -70;
  const small = Float64Array.of(0, 2, 0, 0, 0, 3, 4, 0, 0).map((value) => scale * value);
  const y = Float64Array.of(Math.log(24) + 3 * Math.log(scale));
  assertClose({ y: await run(small, 3) }, { y }, 1e-15, "float64");
  // A logarithm of size 145 in float32.
  const single = await run(small, 3, { engine: "cpu" });
  assertClose({ y: single }, { y }, 1e-6, "float32");
});

test("determinants beyond the range of numbers have a logarithm", async () => {
  const dim = 40;
  const large = gaussian(1, dim).map((value) => 1e12 * value);
  // 1e12⁴⁰ overflows float64.
  assertClose({ y: await run(large, dim) }, { y: truth(large, dim) }, 1e-13, "large");
});

test("a singular matrix gives −∞, a NaN or ∞ in it NaN, and its neighbours their own", async () => {
  const good = [2, 0, 0, 3];
  const matrices = Float64Array.from([
    ...good,
    ...[1, 2, 2, 4],
    ...good,
    ...[0, 0, 0, 0],
    ...[1, 0, NaN, 1],
    ...[1, Infinity, 0, 1],
    ...good,
  ]);
  for (const options of [FLOAT64, { engine: "tfjs-cpu" } as const]) {
    const y = Array.from(await run(matrices, 2, options));
    const expected = [Math.log(6), -Infinity, Math.log(6), -Infinity, NaN, NaN, Math.log(6)];
    assertClose({ y: y as never }, { y: expected as never }, 1e-7, "mixed");
  }
});

test("a tape is refused, and so are matrices that are not square", async () => {
  const taped: Program = {
    label: "taped",
    inputs: { matrices: { shape: [1, 2, 2] } },
    body: ({ matrices }) => ({
      outputs: { g: tf.grad((a: Tensor) => tf.sum(logAbsDet(a)))(matrices as Tensor) },
    }),
  };
  await assertRejects(runOn(taped, { matrices: gaussian(1, 2) }, FLOAT64), /has no gradient/);
  assert.throws(
    () => logAbsDet(tf.zeros([1, 2, 3])),
    /square matrices \[N, D, D\], got \[1, 2, 3\]/,
  );
});

test("the Jacobian of a loop is that of one pass", async () => {
  const f = (x: Tensor): Tensor => {
    const [a, b] = tf.split(x, [1, 2], 1) as [Tensor, Tensor];
    return tf.concat([tf.mul(tf.exp(a), b), tf.sin(a), tf.mul(b, b)], 1);
  };
  const rows = createRng("rows").normals(12);
  for (const options of [FLOAT64, { engine: "tfjs-cpu" } as const]) {
    const { looped, whole } = await runOn(
      {
        label: "Jacobians",
        inputs: { x: { shape: [4, 3] } },
        body: ({ x }) => ({
          outputs: { looped: loopedJacobian(f, x as Tensor), whole: jacobian(f, x as Tensor) },
        }),
      },
      { x: rows },
      options,
    );
    assert.is(looped?.length, 4 * 5 * 3);
    assert.equal(Array.from(looped ?? []), Array.from(whole ?? []));
  }
});

test.run();
