import * as assert from "uvu/assert";
import { budgets } from "../../../src/runner/config/rungs.ts";
import type { Sampler } from "../../../src/runner/config/sampler.ts";
import { resolveFake } from "../fake-catalogue.ts";
import { BASE, configSuite, problemsOf } from "./config-folder.ts";

const test = configSuite("rungs of a halving");

test("as many rungs as leave one configuration, or as the smallest budget admits", () => {
  assert.equal(budgets(27, 2700, { factor: 3, minSteps: 100 }), [100, 300, 900, 2700]);
  assert.equal(budgets(27, 2700, { factor: 3, minSteps: 300 }), [300, 900, 2700]);
  assert.equal(budgets(16, 1000, { factor: 2, minSteps: 1 }), [63, 125, 250, 500, 1000]);
  assert.equal(budgets(10, 900, { factor: 3, minSteps: 100 }), [100, 300, 900]);
  assert.equal(budgets(2, 900, { factor: 3, minSteps: 100 }), [900]);
});

const halving = { factor: 3, minSteps: 100 };
const sampler: Sampler = { kind: "auto", seed: 0, halving };

test("combinations compete, and where a key has a range, points of a Sobol sequence", async () => {
  const first = async (texts: readonly string[], more: Partial<Sampler> = {}) =>
    (await resolveFake([...BASE, ...texts], { sampler: { ...sampler, ...more } })).filter(
      ({ rung }) => rung?.at === 0,
    ).length;
  assert.is(await first(["family.layers=1,2,3,4", "training.learningRate=1e-3,1e-2"]), 8);
  assert.is(await first(["training.learningRate=log(1e-4,1e-2)"]), 16);
  assert.is(await first(["training.learningRate=log(1e-4,1e-2)"], { samples: 5 }), 5);
  assert.is(await first(["family.layers=range(1,9)"], { samples: 4 }), 4);
});

test("refuses runs that cannot compete, with the reason", async () => {
  assert.match(
    await problemsOf(resolveFake([...BASE, "training.steps=500,1000,2000"], { sampler })),
    /--sampler halving: runs of one family and data set differ in training\.steps/,
  );
  assert.match(
    await problemsOf(resolveFake([...BASE, "family.layers=1,2"], { sampler, seeds: [0, 1] })),
    /nothing to halve: it needs at least 3 configurations .* got 2\./,
  );
  assert.match(
    await problemsOf(
      resolveFake([...BASE, "family.layers=1,2,3", "training.steps=200"], { sampler }),
    ),
    /training\.steps of at least 300, 3 times --min-steps 100, got 200\./,
  );
});

test("refuses rows that leave nothing to judge by", async () => {
  assert.match(
    await problemsOf(
      resolveFake([...BASE, "family.layers=1,2,3", "data.split=[0.9,0,0.1]"], { sampler }),
    ),
    /judged by validation rows, and data\.split=\[0\.9,0,0\.1\] leaves none/,
  );
});

test.run();
