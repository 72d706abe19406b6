import { test } from "uvu";
import * as assert from "uvu/assert";

import { familyContract } from "../../src/contract/index.ts";
import { buildFor, normalRows, perturb } from "../../src/contract/subject.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { createRng } from "../../src/math/rng.ts";
import { encode, largest } from "./helpers.ts";
import { saying } from "../saying.ts";

const small = { layers: 3, hidden: [12, 12] };
const float64 = { engine: "cpu", precision: "float64" } as const;

// The registry's defaults are tried in test/contract; here the other settings.
const variants: Record<string, Record<string, unknown>> = {
  "permutation and ActNorm": { mixing: "permutation", norm: "actnorm" },
  "residual network, silu": { conditioner: "residual", activation: "silu" },
  "small clamp, tanh": { clamp: 0.7, activation: "tanh" },
};
for (const [name, changes] of Object.entries(variants))
  for (const { name: property, run } of familyContract(realNvp, {
    options: { ...small, ...changes },
  }))
    test(`${property} (${name})`, run);

test("it starts as a rotation, so log p is that of N(0, I), the 2π included", async () => {
  const model = buildFor(realNvp, 5, { options: small });
  const rows = normalRows(4, 5, createRng(3));
  const logProb = await evaluateLogProb({ model, rows, engine: float64 });
  for (let i = 0; i < 4; i++) {
    const norm = Math.hypot(...rows.values.subarray(5 * i, 5 * i + 5));
    const expected = -0.5 * norm ** 2 - 2.5 * Math.log(2 * Math.PI);
    assert.ok(Math.abs((logProb[i] ?? 0) - expected) < 1e-12);
  }
});

/** Largest change of the first ⌊D/2⌋ columns by encode. */
async function changeOfSkipped(mixing: string): Promise<number> {
  const options = { ...small, mixing };
  const model = perturb(buildFor(realNvp, 4, { options }), createRng(1));
  const rows = normalRows(8, 4, createRng(2));
  if (!model.bijection) throw new Error("no bijection");
  const { z } = await encode(model.bijection, rows, model.store);
  return largest(z.map((value, i) => (i % 4 < 2 ? value - (rows.values[i] ?? 0) : 0)));
}

test("without mixing the skipped half never changes; with it, it does", async () => {
  assert.is(await changeOfSkipped("none"), 0);
  for (const mixing of ["rotation", "permutation"])
    assert.ok((await changeOfSkipped(mixing)) > 0.1, mixing);
});

test("a chain of L couplings has L − 1 different rotations", () => {
  const matrices = buildFor(realNvp, 4, { options: small })
    .store.slots("constant")
    .map((slot) => slot.values.join());
  assert.is(matrices.length, 2);
  assert.is(new Set(matrices).size, 2);
});

test("errors name the family, what was expected and what came", () => {
  assert.throws(
    () => buildFor(realNvp, 1, {}),
    saying("real-nvp: expected at least 2 dimensions, got 1"),
  );
  assert.throws(
    () => buildFor(realNvp, 2, { options: { conditioner: "residual", hidden: [8, 16] } }),
    saying("widths that are all equal, got [8, 16]"),
  );
});

test.run();
