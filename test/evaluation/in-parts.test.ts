import { test } from "uvu";
import * as assert from "uvu/assert";

import { affordableRows, inParts } from "../../src/evaluation/in-parts.ts";
import { drawNoise, type NoiseKind } from "../../src/math/noise.ts";
import { createRng } from "../../src/math/rng.ts";

/** So many numbers for a row that two rows' are all that fit. */
const HEAVY = Math.floor(2 ** 24 / 2);

test("numbers of all rows are joined from as many at a time as their noise allows", async () => {
  assert.is(affordableRows(HEAVY), 2);
  const asked: number[][] = [];
  const run = (count: number, noisePerRow: number) =>
    inParts(count, noisePerRow, (start, size) => {
      asked.push([start, size]);
      const rows = Array.from({ length: size }, (_, i) => start + i);
      return Promise.resolve({
        one: Float64Array.from(rows),
        two: Float64Array.from(rows.flatMap((row) => [row, -row])),
      });
    });
  assert.equal(await run(5, HEAVY), {
    one: Float64Array.of(0, 1, 2, 3, 4),
    two: Float64Array.of(0, -0, 1, -1, 2, -2, 3, -3, 4, -4),
  });
  assert.equal(asked.splice(0), [
    [0, 2],
    [2, 2],
    [4, 1],
  ]);
  await run(5, 0);
  assert.equal(asked.splice(0), [[0, 5]], "without noise");
  await run(2, 3 * HEAVY);
  assert.equal(asked, [
    [0, 1],
    [1, 1],
  ]);
});

test("noise of every kind is the same drawn in parts and at once, so that parts change no number", () => {
  for (const kind of ["normal", "uniform", "rademacher", "orthonormal"] as NoiseKind[]) {
    const draw = (counts: readonly number[]): number[] => {
      const rng = createRng("parts");
      return counts.flatMap((count) => [...drawNoise(kind, [count, 3, 1], rng)]);
    };
    assert.equal(draw([2, 1, 4]), draw([7]), kind);
  }
});

test.run();
