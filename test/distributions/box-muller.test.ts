import { test } from "uvu";
import * as assert from "uvu/assert";

import { boxMuller } from "../../src/distributions/box-muller.ts";
import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { applyTo, rowsOf } from "../flows/helpers.ts";

test("uniform draws become normals with the moments 0, 1, 0 and 3; the ends of [0, 1] give finite ones", async () => {
  const n = 40_000;
  const noise = Array.from(createRng("box-muller").uniforms(2 * n));
  const { x } = await applyTo(createStore(), rowsOf([...noise, 0, 0, 1, 0.3], 2), (uniforms) => {
    const [u, v] = tf.split(uniforms, 2, 1) as [Tensor, Tensor];
    return { x: boxMuller(u, v) };
  });
  assert.ok(x.every(Number.isFinite));
  const draws = x.subarray(0, n);
  const moment = (k: number): number => draws.reduce((sum, value) => sum + value ** k, 0) / n;
  // Variance of xᵏ under N(0, 1): 1, 2, 15, 96; 4 standard errors of a mean of n.
  for (const [k, truth, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
  ] as const)
    assert.ok(
      Math.abs(moment(k) - truth) < 4 * Math.sqrt(variance / n),
      `moment ${k}: ${moment(k)}`,
    );
});

test.run();
