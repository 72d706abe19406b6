import { test } from "uvu";
import * as assert from "uvu/assert";

import { bijectionContract } from "../../src/contract/index.ts";
import { buildFor, normalRows, perturb } from "../../src/contract/subject.ts";
import { splineCoupling } from "../../src/flows/spline-coupling.ts";
import { createRng } from "../../src/math/rng.ts";
import { encode } from "./helpers.ts";

const small = { layers: 2, hidden: [8] };

// The registry's defaults are tried in test/contract; here the other splines.
for (const spline of ["quadratic", "linear"]) {
  const model = perturb(
    buildFor(splineCoupling, 3, { options: { ...small, spline, bins: 5 } }),
    createRng(2),
  );
  const { bijection, store } = model;
  if (!bijection) throw new Error("no bijection");
  const rows = normalRows(32, 3, createRng(3));
  for (const { name, run } of bijectionContract({
    name: `spline-coupling, ${spline}`,
    bijection,
    store,
    rows,
    tolerance: 1e-8,
  }))
    test(name, run);
}

test("without mixing it starts as the identity, bit for bit", async () => {
  for (const spline of ["rational-quadratic", "quadratic", "linear"]) {
    const model = buildFor(splineCoupling, 4, { options: { ...small, spline, mixing: "none" } });
    const rows = normalRows(20, 4, createRng(1));
    if (!model.bijection) throw new Error("no bijection");
    const { z, logDet } = await encode(model.bijection, rows, model.store);
    assert.equal(z, rows.values);
    assert.ok(logDet.every((value) => value === 0));
  }
});

test("a conditioner has 3K − 1, 2K − 1 or K outputs for each active entry", () => {
  const outputs = (spline: string): number => {
    const model = buildFor(splineCoupling, 5, { options: { ...small, spline, bins: 6 } });
    const bias = model.store.slots().find(({ name }) => name === "layer0/conditioner/last/bias");
    return bias?.values.length ?? 0;
  };
  assert.is(outputs("rational-quadratic"), 3 * 17);
  assert.is(outputs("quadratic"), 3 * 11);
  assert.is(outputs("linear"), 3 * 6);
});

test("options that make no spline are refused when the model is built, by name", () => {
  assert.throws(
    () => buildFor(splineCoupling, 2, { options: { minWidth: 0.125 } }),
    /rational-quadratic spline: expected minWidth .*got 0.125/,
  );
  assert.throws(
    () => buildFor(splineCoupling, 2, { options: { spline: "quadratic", bins: 2 } }),
    /quadratic spline: expected at least 3 bins, got 2/,
  );
});

test.run();
