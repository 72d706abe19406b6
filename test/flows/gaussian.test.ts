import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor, correlatedRows } from "../../src/contract/subject.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { gaussian } from "../../src/flows/gaussian.ts";
import { triangularInverse } from "../../src/math/triangular-inverse.ts";
import { cholesky } from "../../src/math/cholesky.ts";
import { gaussianLogDensity } from "../../src/math/gaussian-log-density.ts";
import { columnMeans, covariance } from "../../src/math/moments.ts";
import { createRng } from "../../src/math/rng.ts";
import { rowsOf } from "./helpers.ts";

const float64 = { engine: "cpu", precision: "float64" } as const;

test("log p is the Gaussian density of the rows' mean and covariance", async () => {
  const rows = correlatedRows(100, 4, createRng(1));
  const model = buildFor(gaussian, 4, {});
  model.fit?.(rows);
  const logProb = await evaluateLogProb({ model, rows, engine: float64 });
  const mean = columnMeans(rows);
  const truth = gaussianLogDensity(rows, mean, cholesky(covariance(rows, mean), 4));
  logProb.forEach((value, i) => {
    assert.ok(Math.abs(value - (truth[i] ?? 0)) < 1e-11);
  });
});

test("the mean NLL of the fitted rows is the closed form ½(D ln 2πe + ln det Σ)", async () => {
  const rows = correlatedRows(50, 3, createRng(2));
  const model = buildFor(gaussian, 3, {});
  model.fit?.(rows);
  const logProb = await evaluateLogProb({ model, rows, engine: float64 });
  const nll = -logProb.reduce((sum, value) => sum + value, 0) / 50;
  const { logDet } = cholesky(covariance(rows), 3);
  assert.ok(Math.abs(nll - 0.5 * (3 * Math.log(2 * Math.PI * Math.E) + logDet)) < 1e-11);
});

test("a singular covariance is refused with its rank and what to do", () => {
  const model = buildFor(gaussian, 3, {});
  const rows = rowsOf([1, 2, 3, 4, 5, 9, 7, 1, 8, 2, 2, 4], 3);
  assert.throws(
    () => model.fit?.(rows),
    (error: Error) =>
      error.name === "ModelError" &&
      /gaussian: covariance of the 4 training rows.*rank 2.*drop/.test(error.message),
  );
});

test("a triangular matrix times its inverse is the identity", () => {
  const lower = Float64Array.from([2, 0, 0, -1, 3, 0, 0.5, 4, 0.25]);
  const inverse = triangularInverse(lower, 3);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      const entry = [0, 1, 2].reduce(
        (sum, k) => sum + (lower[3 * i + k] ?? 0) * (inverse[3 * k + j] ?? 0),
        0,
      );
      assert.ok(Math.abs(entry - (i === j ? 1 : 0)) < 1e-14);
    }
});

test.run();
