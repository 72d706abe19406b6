import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile, type Tensor } from "../../src/engine/index.ts";
import { cubic, cubicRoot } from "../../src/flows/hermite-cubic.ts";
import { createRng } from "../../src/math/rng.ts";

type Columns = Record<"u" | "p" | "q", Float64Array>;

/** Roots ξ, φ(ξ) and φ′(ξ) of columns of u, p, q. */
async function solve(columns: Columns, precision: "float32" | "float64") {
  const shape = [1, 1, 1, columns.u.length];
  const program = await compile(
    {
      label: "cubic",
      inputs: { u: { shape }, p: { shape }, q: { shape } },
      body: (inputs) => {
        const [u, p, q] = [inputs["u"], inputs["p"], inputs["q"]] as [Tensor, Tensor, Tensor];
        const xi = cubicRoot(u, p, q);
        const { offset, slope } = cubic(xi, p, q);
        return { outputs: { xi, offset, slope } };
      },
    },
    { engine: "cpu", precision },
  );
  const { xi = [], offset = [], slope = [] } = await program.run(columns);
  await program.dispose();
  return {
    xi: Float64Array.from(xi),
    value: Float64Array.from(xi, (v, i) => v + (offset[i] ?? NaN)),
    slope: Float64Array.from(slope),
  };
}

/** All triples of these; slopes from almost 0 to the limit, which in both corners makes the middle flat. */
function grid(us: readonly number[]): Columns {
  const slopes = [1e-12, 1e-6, 1e-3, 0.01, 0.1, 0.5, 0.98, 1, 1.02, 1.5, 2, 2.5, 2.9, 2.98];
  const triples = us.flatMap((u) => slopes.flatMap((p) => slopes.map((q) => [u, p, q] as const)));
  const column = (k: 0 | 1 | 2) => Float64Array.from(triples, (triple) => triple[k]);
  return { u: column(0), p: column(1), q: column(2) };
}
const HEIGHTS = [
  0, 1e-12, 1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.3, 0.49, 0.4999, 0.5, 0.500001, 0.6, 0.9, 0.999,
  0.999999, 1,
];

test("a NaN stays where it is and leaves the other roots as they are", async () => {
  const columns = grid(HEIGHTS);
  const { xi } = await solve(columns, "float64");
  // First, in the middle and last: a maximum takes up a NaN in some places only.
  const spoilt = [0, columns.u.length >> 1, columns.u.length - 1];
  for (const at of spoilt) {
    const u = columns.u.map((value, i) => (i === at ? NaN : value));
    const { xi: found } = await solve({ ...columns, u }, "float64");
    found.forEach((root, i) => {
      if (i === at) assert.ok(Number.isNaN(root));
      else assert.is(root, xi[i], `${at}`);
    });
  }
});

for (const [precision, epsilon] of [
  ["float64", 2 ** -52],
  ["float32", 2 ** -23],
] as const)
  test(`${precision}: the root has the height asked for, to round-off, whatever the slopes are`, async () => {
    const columns = grid(HEIGHTS);
    const { xi, value, slope } = await solve(columns, precision);
    columns.u.forEach((u, i) => {
      assert.ok((xi[i] ?? NaN) >= 0 && (xi[i] ?? NaN) <= 1);
      assert.ok((slope[i] ?? NaN) > 0);
      // φ is a sum of four terms of at most 1.
      assert.ok(Math.abs((value[i] ?? NaN) - u) < 4 * epsilon, `u ${u}: ${value[i]}`);
    });
  });

test("many heights and slopes at once do not stop the search for the slowest early", async () => {
  const alone = await solve(
    { u: Float64Array.of(0.5005), p: Float64Array.of(2.98), q: Float64Array.of(2.98) },
    "float64",
  );
  const together = grid([0.5005]);
  const { xi } = await solve(together, "float64");
  const last = together.u.length - 1;
  assert.ok(Math.abs((xi[last] ?? NaN) - (alone.xi[0] ?? 0)) < 1e-13);
  assert.ok(Math.abs((alone.value[0] ?? NaN) - 0.5005) < 1e-15);
});

test("a root is the same bit for bit whatever else is in the batch", async () => {
  // float32, where one step more at round-off moves some of the roots by a bit.
  const rng = createRng(5);
  const draw = (scale: number) =>
    rng
      .fork(String(scale))
      .uniforms(2000)
      .map((v) => v * scale);
  const columns = { u: draw(1), p: draw(2.9), q: draw(2.8) };
  const { xi } = await solve(columns, "float32");
  for (const count of [1, 10, 100]) {
    const part = (values: Float64Array) => values.slice(0, count);
    const few = { u: part(columns.u), p: part(columns.p), q: part(columns.q) };
    assert.equal([...(await solve(few, "float32")).xi], [...part(xi)], `${count} of them`);
  }
});

test("a slope that is 0 where Newton starts leaves the bracket's middle to go on from", async () => {
  const { xi } = await solve(
    { u: Float64Array.of(0, 0), p: Float64Array.of(0, 0), q: Float64Array.of(1, 2) },
    "float64",
  );
  // φ is about 3ξ² or 2ξ² there, so that ξ² is at round-off.
  assert.ok(
    xi.every((v) => v >= 0 && v < 1e-8),
    [...xi].join(),
  );
});

test("equal slopes of 1 give the identity bit for bit", async () => {
  const u = Float64Array.from(HEIGHTS);
  const ones = new Float64Array(u.length).fill(1);
  const { xi, value, slope } = await solve({ u, p: ones, q: ones }, "float64");
  assert.equal([...xi], [...u]);
  assert.equal([...value], [...u]);
  assert.ok(slope.every((s) => s === 1));
});

test.run();
