import { test } from "uvu";
import * as assert from "uvu/assert";

import { normalRows, buildFor, perturb } from "../../src/contract/subject.ts";
import { jacobian } from "../../src/engine/index.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { splineAutoregressive } from "../../src/flows/spline-autoregressive.ts";
import { createRng } from "../../src/math/rng.ts";
import { applyTo } from "./helpers.ts";

// The registry's defaults are tried in test/contract, the gradient of the slow direction in autoregressive-gradient.test.ts.
const small = { layers: 2, hidden: [12, 12] };
const EPSILON = 2 ** -52;
const norm = (values: Float64Array): number => Math.hypot(...values);

test("a round trip loses no more than the map's condition number times round-off", async () => {
  const dim = 4;
  const model = perturb(buildFor(splineAutoregressive, dim, { options: small }), createRng(1));
  const { bijection, store } = model;
  if (!bijection) throw new Error("no bijection");
  const rows = normalRows(32, [dim], createRng(2));
  const call = { mode: "evaluate" } as const;
  const { z, back, forward, backward } = await applyTo(store, rows, (x) => {
    const encoded = bijection.encode(x, call).z;
    return {
      z: encoded,
      back: bijection.decode(encoded, call).x,
      forward: jacobian((point) => bijection.encode(point, call).z, x),
      backward: jacobian((point) => bijection.decode(point, call).x, encoded),
    };
  });
  const of = (values: Float64Array, i: number, size: number): Float64Array =>
    values.subarray(i * size, (i + 1) * size);
  let worst = 0;
  for (let i = 0; i < rows.count; i++) {
    const x = of(rows.values, i, dim);
    const error = norm(of(back, i, dim).map((value, j) => value - (x[j] ?? NaN)));
    const condition =
      norm(of(backward, i, dim * dim)) *
      (1 + norm(of(forward, i, dim * dim)) * norm(x) + norm(of(z, i, dim)));
    // An error of one unit in the last place of every number that goes in, some ten times over.
    assert.ok(error <= 10 * EPSILON * condition, `row ${i}: ${error}, condition ${condition}`);
    worst = Math.max(worst, condition);
  }
  // Random masked splines are that steep: a fixed tolerance would say more about the draw than about the code.
  assert.ok(worst > 1e4);
});

test("it starts as a change of order, so log p is that of N(0, I), the 2π included", async () => {
  for (const direction of ["forward", "inverse"]) {
    const options = { ...small, direction };
    const model = buildFor(splineAutoregressive, 3, { options });
    const rows = normalRows(4, [3], createRng(3));
    const logProb = await evaluateLogProb({
      model,
      rows,
      engine: { engine: "cpu", precision: "float64" },
    });
    for (let i = 0; i < 4; i++) {
      const expected = -0.5 * norm(rows.values.subarray(3 * i, 3 * i + 3)) ** 2;
      assert.ok(Math.abs((logProb[i] ?? 0) - expected + 1.5 * Math.log(2 * Math.PI)) < 1e-12);
    }
  }
});

test.run();
