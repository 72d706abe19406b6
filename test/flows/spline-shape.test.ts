import { test } from "uvu";
import * as assert from "uvu/assert";

import { rationalQuadratic } from "../../src/flows/rational-quadratic.ts";
import type { SplineShape } from "../../src/flows/spline-shape.ts";
import { ModelError } from "../../src/model.ts";

test("a shape that no spline has is refused, with what to change", () => {
  const cases: [Partial<SplineShape>, RegExp][] = [
    [{ bins: 1 }, /at least 2 bins.*got 1;.*identity/],
    [{ bound: 0 }, /bound above 0, got 0;/],
    [{ bins: 10, minWidth: 0.1 }, /minWidth .*below 1\/bins = 0.1, got 0.1;.*lower minWidth or bins/],
    [{ bins: 10, minHeight: 0.2 }, /minHeight/],
    [{ minSlope: 1 }, /minSlope between 0 and 1/],
  ]; // prettier-ignore
  for (const [shape, message] of cases)
    assert.throws(
      () => rationalQuadratic(shape),
      (error: unknown) => error instanceof ModelError && message.test(error.message),
    );
});

test.run();
