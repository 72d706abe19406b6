import { test } from "uvu";
import * as assert from "uvu/assert";

import { halfStepLogGamma } from "../../src/distributions/half-step-log-gamma.ts";
import { createStore, tf } from "../../src/engine/index.ts";
import { applyTo, rowsOf } from "../flows/helpers.ts";

/** a, ln Γ(a + ½) − ln Γ(a) and its derivative ψ(a + ½) − ψ(a), by mpmath 1.3.0 at 40 digits. */
const REFERENCE = [
  [0.05, -2.48884834494060483, 18.7618857406576965],
  [0.3, -0.943738316418237933, 2.53751565549399453],
  [1, -0.120782237635245222, 0.613705638880109381],
  [2.5, 0.40846431008702615, 0.219627694453223952],
  [7.9, 1.01761910848624277, 0.0652900434555649414],
  [40, 1.84131480842192493, 0.0125781188983904585],
  [1e3, 3.45375263949627686, 0.000500124999984375008],
  [1e6, 6.90775515398213705, 5.00000125e-7],
] as const;

test("it and its derivative have twelve digits, from a = 0.05 to a million", async () => {
  const rows = rowsOf(
    REFERENCE.map(([a]) => a),
    1,
  );
  const { value, slope } = await applyTo(createStore(), rows, (a) => ({
    value: halfStepLogGamma(a),
    slope: tf.grad((x) => tf.sum(halfStepLogGamma(x)))(a),
  }));
  REFERENCE.forEach(([a, truth, derivative], i) => {
    const close = (got: number | undefined, expected: number): void => {
      const error = Math.abs((got ?? NaN) / expected - 1);
      assert.ok(error < 1e-12, `a = ${a}: ${got ?? NaN}, expected ${expected}`);
    };
    close(value[i], truth);
    close(slope[i], derivative);
  });
});

test.run();
