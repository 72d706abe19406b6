import { test } from "uvu";
import * as assert from "uvu/assert";

import { volume, volumeOptions } from "../src/freeform/volume.ts";
import { defaultsOf } from "../src/options.ts";
import { markOf } from "../src/record.ts";

test("a likelihood's mark says its kind, whether it is estimated, and whether it is a bound", () => {
  assert.is(markOf(undefined), "exact");
  assert.is(markOf({ kind: "ode", trace: "exact" }), "ode");
  assert.is(
    markOf({ kind: "ode", trace: "hutchinson-normal", bound: true }),
    "ode, hutchinson, bound",
  );
});

test("the estimated log-determinant of a free-form flow is marked, the exact one is not", () => {
  const kind = "decoder-jacobian";
  for (const [logDet, mark] of [
    ["exact", kind],
    ["hutchinson", `${kind}, hutchinson`],
  ] as const) {
    const way = volume({ ...defaultsOf(volumeOptions), logDet }, 4);
    assert.is(markOf({ kind, ...way.details({}) }), mark);
  }
});

test.run();
