import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Store } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { networks } from "../../src/nn/networks.ts";
import {
  checkVelocity,
  velocityNetwork,
  velocityOptions,
  type VelocityOptions,
} from "../../src/ode/velocity-network.ts";
import { defaultsOf } from "../../src/options.ts";
import { inFloat64 } from "../in-float64.ts";
import { saying } from "../saying.ts";

const zero = tf.scalar(0);
const small: VelocityOptions = {
  ...defaultsOf(velocityOptions),
  hidden: [8, 8],
  activation: "tanh",
  timeFeatures: 2,
};
interface Row {
  readonly t: number;
  readonly x: readonly number[];
  readonly c: number;
}
const row: Row = { t: 0.3, x: [1, -2, 0.5, 0.1, 0.7, -0.2], c: 0.8 };

/** The field at rows of shape [2, 3, 1], its variables moved by normals of this deviation. */
async function field(
  options: Partial<VelocityOptions>,
  rows: readonly Row[],
  deviation: number,
): Promise<number[]> {
  const store: Store = createStore();
  const velocity = velocityNetwork(
    store,
    { shape: [2, 3, 1], contextSize: 1, name: "test" },
    { ...small, ...options },
    createRng(1),
  );
  for (const slot of store.slots("variable")) {
    const noise = createRng(2).fork(slot.name).normals(slot.values.length);
    slot.values = slot.values.map((value, i) => value + deviation * (noise[i] ?? 0));
  }
  const { v = [] } = await inFloat64(
    { t: rows.map(({ t }) => [t]), x: rows.map(({ x }) => x), c: rows.map(({ c }) => [c]) },
    ({ t = zero, x = zero, c = zero }) => ({
      v: velocity(t, x, { mode: "evaluate", context: c }),
    }),
    store,
  );
  return v;
}

for (const network of ["mlp", "residual", "concatsquash"]) {
  test(`${network}: the flow starts as the identity`, async () => {
    assert.equal(
      (await field({ network }, [row, { ...row, t: 1, c: -1 }], 0)).map(Math.abs),
      Array.from({ length: 12 }, () => 0),
    );
  });

  test(`${network}: each row of the field depends on its own time, rows and condition`, async () => {
    const others = [
      { ...row, t: 0.4 },
      { ...row, c: 0.7 },
      { ...row, x: row.x.map((value, i) => (i === 5 ? value + 0.1 : value)) },
    ];
    const together = await field({ network }, [row, ...others], 0.3);
    const [first, ...rest] = [0, 1, 2, 3].map((i) => together.slice(6 * i, 6 * i + 6));
    for (const other of rest) assert.not.equal(other, first);
    // A row alone gives the same, up to the order of sums in products of other sizes.
    const alone = await field({ network }, [row], 0.3);
    alone.forEach((value, i) => {
      assert.ok(Math.abs(value - (first?.[i] ?? NaN)) < 1e-13, `${value} ${String(first?.[i])}`);
    });
  });
}

test("auto is the u-net where rows are images", async () => {
  // One resolution: height and width are too odd for more.
  const options = { hidden: [8] };
  assert.equal(
    await field({ network: "auto", ...options }, [row], 0.3),
    await field({ network: "u-net", ...options }, [row], 0.3),
  );
});

test("a network that a plugin adds is a word of the option, read when the value is checked", async () => {
  const { network } = velocityOptions;
  assert.not(network.accepts("two-times"));
  networks.add("two-times", () => (x) => tf.mul(tf.slice(x, [0, 0], [-1, 6]), 2), "a plugin");
  assert.ok(network.accepts("two-times"));
  assert.match(network.expected, "two-times");
  assert.equal(
    await field({ network: "two-times" }, [row], 0),
    row.x.map((value) => 2 * value),
  );
});

test("an unknown network and an empty word are refused, with the words that there are", () => {
  const { network } = velocityOptions;
  assert.not(network.accepts("perceptron"));
  assert.not(network.accepts(3));
  for (const word of ["auto", "mlp", "residual", "concatsquash"]) {
    assert.ok(network.accepts(word));
    assert.match(network.expected, word);
  }
});

test("a residual network of unequal widths is refused before anything is built", () => {
  assert.throws(() => {
    checkVelocity({ ...small, network: "residual", hidden: [8, 9] });
  }, saying("all equal, got [8, 9]"));
  checkVelocity({ ...small, network: "mlp", hidden: [8, 9] });
});

test.run();
