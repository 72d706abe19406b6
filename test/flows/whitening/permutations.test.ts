import { test } from "uvu";
import * as assert from "uvu/assert";

import { turn } from "../../../src/flows/whitening/covariance-blocks.ts";
import { whiten } from "../../../src/flows/whitening/whiten.ts";
import { haarRotation } from "../../../src/math/haar-rotation.ts";
import { createRng } from "../../../src/math/rng.ts";

const DIM = 8;
const SHAPE = { dim: DIM, active: DIM / 2, passiveRescale: true };

/**
 * After a layer the passive and the active coordinates are independent of each other, and later layers work within such groups
 * only. So coordinates that stood in different halves at some layer stay independent, and once all pairs have, N(0, Σ) is N(0, I):
 * permutations whiten a Gaussian exactly, where rotations only come nearer and nearer.
 */
test("permutations make coordinates independent that once stood in different halves, and whiten exactly when all have", () => {
  for (let seed = 0; seed < 20; seed++) {
    const rng = createRng(seed);
    const spectrum = [...rng.fork("spectrum").uniforms(DIM)].map((u) => 10 ** (2 * u - 1));
    const diagonal = Float64Array.from({ length: DIM * DIM }, (_, k) =>
      k % (DIM + 1) === 0 ? (spectrum[k / (DIM + 1)] ?? 0) : 0,
    );
    const sigma = turn(diagonal, haarRotation(DIM, rng), DIM);
    // Where each coordinate came from, and the halves that it has been in, layer by layer.
    let origin = Array.from({ length: DIM }, (_, i) => i);
    const halves = Array.from({ length: DIM }, () => "");
    const snapshots: { readonly origin: readonly number[]; readonly halves: readonly string[] }[] =
      [];
    const steps = whiten(sigma, SHAPE, 12, (now) => {
      const order = rng.permutation(DIM);
      origin = [...order].map((from) => origin[from] ?? 0);
      origin.forEach((which, place) => {
        halves[which] = `${halves[which] ?? ""}${place < DIM / 2 ? "p" : "a"}`;
      });
      snapshots.push({ origin: [...origin], halves: [...halves] });
      return now.map(
        (_, k) => now[(order[Math.floor(k / DIM)] ?? 0) * DIM + (order[k % DIM] ?? 0)] ?? NaN,
      );
    });
    snapshots.forEach((at, layer) => {
      const { sigma: after, nonStandardness } = steps[layer + 1] ?? {
        sigma: [],
        nonStandardness: NaN,
      };
      const history = (place: number): string => at.halves[at.origin[place] ?? 0] ?? "";
      for (let i = 0; i < DIM; i++)
        for (let j = 0; j < i; j++)
          if (history(i) !== history(j))
            assert.is(after[i * DIM + j], 0, `seed ${seed}, layer ${layer}`);
      const apart = new Set(at.halves).size === DIM;
      // Round-off of a covariance with a condition number of up to 100; two that were never apart are correlated by far more.
      assert.is(nonStandardness < 1e-12, apart, `seed ${seed}, layer ${layer}: ${nonStandardness}`);
    });
    assert.is(
      new Set(halves).size,
      DIM,
      "12 layers take all pairs apart, or the seed shows nothing",
    );
  }
});

test.run();
