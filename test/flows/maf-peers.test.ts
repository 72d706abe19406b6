import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Store } from "../../src/engine/index.ts";
import { batched } from "../../src/evaluation/batched.ts";
import { chain } from "../../src/flows/chain.ts";
import type { Layer } from "../../src/flows/layer.ts";
import { mixing } from "../../src/flows/mixing.ts";
import { standardNormal } from "../../src/distributions/standard-normal.ts";

import {
  count,
  fixture,
  nflowsLayers,
  pick,
  rng,
  zukoLayers,
  type Matrix,
  type Rows,
} from "./maf-layers.ts";

/*
 * MAF of nflows and zuko with copied weights; how they are copied, and where conventions differ: maf-layers.ts.
 */
/** Layers with the entries reversed between them. */
const withReversals = (store: Store, layers: readonly Layer[], dim: number): Layer =>
  chain(
    layers.flatMap((layer, i) => {
      const reverse = mixing("reverse", dim, store.scope(`${i}/reverse`), rng);
      return i === 0 || !reverse ? [layer] : [reverse, layer];
    }),
  );

/** Their encode, log p and decode by ours; `last` says in which order their latent entries stand. */
async function compare(
  store: Store,
  flow: Layer,
  rows: Rows,
  last: readonly number[],
): Promise<void> {
  const { dim, context } = rows;
  const asRows = (matrix: Matrix, width: number) => ({
    count: matrix.length,
    shape: [width],
    values: Float64Array.from(matrix.flat()),
  });
  const contextSize = context?.[0]?.length ?? 0;
  const program = await batched(
    {
      label: "MAF of a peer",
      store,
      inputs: { x: [dim], z: [dim], ...(context ? { context: [contextSize] } : {}) },
      body: ({ x, z, context: c }) => {
        if (!x || !z) throw new Error("no rows");
        const call = { mode: "evaluate" as const, ...(c ? { context: c } : {}) };
        const { z: encoded, logDet } = flow.encode(x, call);
        return {
          encoded,
          logProb: tf.add(standardNormal(dim).logProb(encoded), logDet),
          decoded: flow.decode(z, call).x,
        };
      },
    },
    rows.x.length,
    { engine: "cpu", precision: "float64" },
  );
  const got = await program.run({
    x: asRows(rows.x, dim),
    z: asRows(
      rows.z.map((row) => pick(row, last)),
      dim,
    ),
    ...(context ? { context: asRows(context, contextSize) } : {}),
  });
  await program.dispose();
  const close = (
    name: string,
    values: Float64Array = new Float64Array(),
    expected: readonly number[],
  ) => {
    assert.is(values.length, expected.length);
    expected.forEach((value, i) => {
      // Both are float64; six digits are asked for, ten are there.
      const error = Math.abs((values[i] ?? NaN) - value) / Math.max(1, Math.abs(value));
      assert.ok(error < 1e-10, `${name}[${i}]: ${String(values[i])}, expected ${value}`);
    });
  };
  close(
    "encoded",
    got["encoded"],
    rows.encoded.flatMap((row) => pick(row, last)),
  );
  close("log p", got["logProb"], rows.logProb);
  close("decoded", got["decoded"], rows.decoded.flat());
}

for (const residual of [false, true])
  test(`nflows' MAF${residual ? " with residual blocks" : ""}: both directions and log p, weights copied`, async () => {
    const theirs = residual ? fixture.nflowsResidual : fixture.nflows;
    const store = createStore();
    const layers = nflowsLayers(store, theirs, residual);
    await compare(store, withReversals(store, layers, theirs.dim), theirs, count(theirs.dim));
  });

test("zuko's MAF with a context: both directions and log p, weights copied", async () => {
  const theirs = fixture.zuko;
  const store = createStore();
  const layers = zukoLayers(store, theirs);
  // Three layers, reversed twice: the latent entries stand in the order of the data.
  await compare(store, withReversals(store, layers, theirs.dim), theirs, count(theirs.dim));
});

test.run();
