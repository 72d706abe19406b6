import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor } from "../../src/contract/subject.ts";
import type { Model } from "../../src/model.ts";
import { flowMatching } from "../../src/ode/flow-matching.ts";
import type { TrainingOptions } from "../../src/training/options.ts";
import { train } from "../../src/training/train.ts";
import { memoryCheckpoints, noisyLocation, setUp, smallFlow, valuesOf } from "./helpers.ts";

/** Trains with an interrupt after each of the given numbers of calls, each time going on from the checkpoint. */
async function trainBroken(build: () => Model, changes: Partial<TrainingOptions>, stops: number[]) {
  const checkpoints = memoryCheckpoints();
  for (const stop of [...stops, Infinity]) {
    const abort = new AbortController();
    let calls = 0;
    const model = build();
    const result = await train({
      ...setUp(model, changes),
      checkpoints,
      signal: abort.signal,
      onProgress: () => {
        if (++calls === stop) abort.abort();
      },
    });
    if (result.status !== "interrupted") return { result, model };
  }
  throw new Error("never done");
}

const cases: Record<string, [() => Model, Partial<TrainingOptions>]> = {
  "a flow with ActNorm": [() => smallFlow({ norm: "actnorm" }), {}],
  "running means, clipping and decay": [
    () => smallFlow(),
    { ema: 0.9, clip: 0.3, optimiser: "adamw", weightDecay: 0.01, warmup: 10 },
  ],
  "noise, a state, and a last call that is shorter": [
    noisyLocation,
    { steps: 67, evaluateEvery: 15 },
  ],
  "noise paired with the rows": [
    () => buildFor(flowMatching, 2, { options: { pairing: "ot", hidden: [8] } }),
    {},
  ],
  "interrupted between two evaluations": [() => smallFlow(), { steps: 300, evaluateEvery: 130 }],
  "layer after layer": [
    () => smallFlow({ layers: 3, norm: "actnorm" }),
    { greedy: true, ema: 0.9, steps: 40, checkpointEvery: 20 },
  ],
  "stopped by patience": [
    () => smallFlow(),
    { patience: 2, learningRate: 0.3, steps: 300, evaluateEvery: 5 },
  ],
};

for (const [name, [build, changes]] of Object.entries(cases))
  test(`a training that was interrupted three times ends with the numbers of an unbroken one: ${name}`, async () => {
    const model = build();
    let calls = 0;
    const whole = await train({ ...setUp(model, changes), onProgress: () => (calls += 1) });
    // The last interrupt comes one call before the end, when the best evaluation may be past.
    const broken = await trainBroken(build, changes, [1, 1, calls - 3]);
    assert.equal(valuesOf(broken.model), valuesOf(model));
    assert.equal(broken.result.history, whole.history);
    assert.is(broken.result.trainLoss, whole.trainLoss);
    assert.is(broken.result.steps, whole.steps);
  });

test("a checkpoint is written every so many steps, rounded up to the next evaluation", async () => {
  const checkpoints = memoryCheckpoints();
  await train({ ...setUp(smallFlow(), { checkpointEvery: 30, steps: 90 }), checkpoints });
  // Evaluations come every 20 steps, so checkpoints come every 40: after 40 and 80.
  assert.is(checkpoints.saved.length, 2);
  assert.is((await checkpoints.load())?.progress.step, 80);
});

test.run();
