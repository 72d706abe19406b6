import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type Tensor } from "../../src/engine/index.ts";
import { autoregressiveFamily } from "../../src/flows/autoregressive-family.ts";
import { couplingFamily } from "../../src/flows/coupling-family.ts";
import { checkedTransformer, type Transformer } from "../../src/flows/transformer.ts";
import { createRng } from "../../src/math/rng.ts";
import { ModelError } from "../../src/model.ts";
import { defaultsOf } from "../../src/options.ts";

/** Translations, with parts of the transformer replaced, as the author of a plugin might get them wrong. */
const shift = (change: object = {}): Transformer => ({
  blocks: [1],
  forward: (x, raw) => ({ y: tf.add(x, raw), logSlope: tf.zerosLike(x) }),
  inverse: (y, raw) => ({ x: tf.sub(y, raw), logSlope: tf.zerosLike(y) }),
  ...change,
});
const entries = tf.ones([4, 3]);

/** The words of the ModelError. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.instance(error, ModelError);
    return (error as Error).message;
  }
  throw new Error("it is accepted");
}

test("a sound transformer gives what it gave before", () => {
  const sound = checkedTransformer(shift());
  assert.equal(sound.blocks, [1]);
  assert.ok(
    sound
      .forward(entries, entries)
      .y.dataSync()
      .every((v) => v === 2),
  );
  assert.ok(
    sound
      .inverse(entries, entries)
      .x.dataSync()
      .every((v) => v === 0),
  );
});

test("a family whose transformer lacks one of its functions is refused when the model is built", () => {
  for (const make of [couplingFamily, autoregressiveFamily])
    for (const part of ["forward", "inverse"]) {
      const family = make({
        name: "shift",
        summary: "",
        paper: "",
        options: {},
        transformer: () => shift({ [part]: undefined }),
      });
      const options = defaultsOf(family.options);
      const build = () => family.build({ options, shape: [5], contextSize: 0, rng: createRng(1) });
      assert.match(refusal(build), `transformer.${part}: expected a function, got undefined`);
    }
});

test("a wrong shape is refused with the function, the result and both shapes", () => {
  const forward = (given: (x: Tensor) => object) =>
    refusal(() => checkedTransformer(shift({ forward: given })).forward(entries, entries));
  const inverse = (given: (y: Tensor) => object) =>
    refusal(() => checkedTransformer(shift({ inverse: given })).inverse(entries, entries));
  assert.match(
    forward((x) => ({ y: x, logSlope: tf.sum(x, 1) })),
    /transformer\.forward, logSlope: expected a tensor of shape \[4, 3\], .*got \[4\]/,
  );
  assert.match(
    forward((x) => ({ y: tf.concat([x, x], 1), logSlope: x })),
    /transformer\.forward, y: expected a tensor of shape \[4, 3\], .*got \[4, 6\]/,
  );
  assert.match(
    forward((x) => ({ y: x })),
    /transformer\.forward, logSlope: .*got none/,
  );
  assert.match(
    inverse((y) => ({ y, logSlope: y })),
    /transformer\.inverse, x: .*got none/,
  );
  assert.match(
    inverse((y) => ({ x: y, logSlope: tf.sum(y) })),
    /transformer\.inverse, logSlope: .*got \[\]/,
  );
});

test.run();
