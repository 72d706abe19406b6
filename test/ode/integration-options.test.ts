import { test } from "uvu";
import * as assert from "uvu/assert";

import { ModelError } from "../../src/model.ts";
import {
  checkIntegration,
  finer,
  integrationOptions,
  isEstimated,
  solverOf,
} from "../../src/ode/integration-options.ts";
import { integrating } from "./flow-of.ts";

const refusal = (changes: Parameters<typeof integrating>[0]): string => {
  try {
    checkIntegration(integrating(changes));
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  return "";
};

test("the defaults go together, and so do their values", () => {
  assert.is(refusal({}), "");
  assert.ok(
    Object.values(integrationOptions).every((option) => option.accepts(option.default as never)),
  );
});

test("tolerances that are not above zero, and unknown solvers, are not accepted", () => {
  for (const value of [0, -1e-5, NaN, Infinity]) assert.not(integrationOptions.rtol.accepts(value));
  assert.not(integrationOptions.atol.accepts(0));
  assert.not(integrationOptions.solver.accepts("rk5"));
  assert.not(integrationOptions.maxSteps.accepts(0));
});

test("tolerances below round-off are refused, with their name", () => {
  assert.match(refusal({ rtol: 1e-15 }), /^rtol: expected at least 1e-13, got 1e-15/);
  assert.match(refusal({ atol: 1e-14 }), /^atol: /);
});

test("probes beside an exact trace are refused, since they would do nothing", () => {
  assert.match(refusal({ trace: "exact", probes: 4 }), /trace=hutchinson/);
  assert.is(refusal({ trace: "auto", probes: 4 }), "");
});

test("auto takes the exact trace up to 16 columns", () => {
  const estimated = (trace: "auto" | "exact" | "hutchinson", dim: number): boolean =>
    isEstimated(integrating({ trace }), dim);
  assert.equal([estimated("auto", 16), estimated("auto", 17)], [false, true]);
  assert.equal([estimated("exact", 100), estimated("hutchinson", 1)], [false, true]);
});

test("a solver with an error estimate is adaptive, one without takes its steps in a loop", () => {
  const adaptive = solverOf(integrating({ solver: "bosh3", rtol: 1e-4, maxSteps: 7 }));
  assert.equal(
    { ...adaptive, tableau: adaptive.tableau.name },
    {
      ...{ tableau: "bosh3", rtol: 1e-4, atol: 1e-5, maxSteps: 7 },
    },
  );
  const fixed = solverOf(integrating({ solver: "midpoint", solverSteps: 12 }));
  assert.equal(
    { ...fixed, tableau: fixed.tableau.name },
    {
      ...{ tableau: "midpoint", steps: 12, looped: true },
    },
  );
});

test("finer means a tenth of the tolerances with a larger budget, or twice the steps", () => {
  const careful = finer(integrating({ rtol: 1e-4, atol: 1e-6, maxSteps: 100 }));
  assert.ok(Math.abs(careful.rtol - 1e-5) < 1e-18 && Math.abs(careful.atol - 1e-7) < 1e-18);
  assert.ok(careful.maxSteps > 100 * 10 ** (1 / 3));
  assert.is(finer(integrating({ solver: "rk4", solverSteps: 8 })).solverSteps, 16);
});

test.run();
