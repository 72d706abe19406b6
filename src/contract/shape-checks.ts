import { tf, type Shape, type Tensor, type Tensors } from "../engine/index.ts";
import { batched } from "../evaluation/batched.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { Call, Model } from "../model.ts";
import { check, expect, type Check } from "./check.ts";
import { expectModel, lookUp } from "./parts.ts";
import { build, contextFor, rowsFor, type Setting } from "./setting.ts";

/**
 * What stands before all else: the model has the parts that it must have, and every part gives tensors of the right
 * shapes with finite numbers in them, for several rows and for one.
 */
export function shapeChecks(at: Setting): readonly Check[] {
  const { conditional } = at.family.supports;
  return [
    check(`${at.label}: build gives a model with all its parts`, () => {
      const model = attempt(`${at.label}: build`, () => build(at));
      expectModel(`${at.label}: the model that build returned`, model, at.shape);
    }),
    ...[5, 1].map((count) =>
      check(
        `${at.label}: ${count === 1 ? "a batch of 1 row" : `${count} rows`} gives the shapes that were promised, and finite numbers`,
        () => expectShapes(at, count, 0),
      ),
    ),
    ...(conditional
      ? [check(`${at.label}: the same with a condition`, () => expectShapes(at, 5, 2))]
      : []),
  ];
}

/** Runs f; what it throws gets `who` in front. */
function attempt<T>(who: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw new Error(`${who} threw: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Runs every part once on the eager engine, whose shapes are those of real arrays, and looks at what comes. */
async function expectShapes(at: Setting, count: number, contextSize: number): Promise<void> {
  const model = attempt(`${at.label}: build`, () => build(at, { contextSize }));
  expectModel(`${at.label}: the model that build returned`, model, at.shape);
  const rows = rowsFor(at, count, "contract: shapes");
  const { context } = contextFor(contextSize, count);
  const dim = rowSize(at);
  const noise: Rows = {
    count,
    shape: [model.sampler.noise.size],
    // Uniform numbers are possible draws of both kinds.
    values: Float64Array.from({ length: count * model.sampler.noise.size }, (_, i) => (i % 9) / 9),
  };
  const latent: Rows = { count, shape: [dim], values: rows.values };
  const inputs = { rows, noise, latent, ...(context ? { context } : {}) };
  const program = await batched(
    {
      label: at.label,
      store: model.store,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, r]) => [name, r.shape])),
      body: (tensors) => {
        const call: Call = {
          mode: "evaluate",
          ...(tensors["context"] ? { context: tensors["context"] } : {}),
        };
        const results = partsOf(at, model, tensors, call);
        for (const { who, what, tensor, expected } of results)
          expectTensor(at.label, who, what, tensor, expected);
        return Object.fromEntries(
          results.map(({ who, what, tensor }) => [`${who} … ${what}`, tensor]),
        );
      },
    },
    count,
    { engine: "tfjs-cpu" },
  );
  try {
    for (const [name, values] of Object.entries(await program.run(inputs))) {
      const bad = values.findIndex((value) => !Number.isFinite(value));
      expect(
        bad < 0,
        `${at.label}: ${name.replace(" … ", " returned ")} with ${values[bad] ?? NaN} in row ` +
          `${Math.floor(bad / (values.length / count))}; expected finite numbers at ordinary rows.`,
      );
    }
  } finally {
    await program.dispose();
  }
}

interface Result {
  readonly who: string;
  readonly what: string;
  readonly tensor: Tensor;
  readonly expected: Shape;
}

/** What each part of the model gives, and the shape it should have. */
function partsOf(at: Setting, model: Model, tensors: Tensors, call: Call): readonly Result[] {
  const { rows, noise, latent } = tensors as Record<"rows" | "noise" | "latent", Tensor>;
  const [count = 0] = rows.shape;
  const [row, number] = [[count, ...at.shape], [count]];
  const { bijection, sampler } = model;
  const results: Result[] = [];
  const add = (who: string, parts: Readonly<Record<string, [Tensor, Shape]>>): void => {
    for (const [what, [tensor, expected]] of Object.entries(parts))
      results.push({ who, what, tensor, expected });
  };
  const run = <T>(who: string, f: () => T): T => attempt(`${at.label}: ${who}`, f);
  if (bijection) {
    const { z, logDet } = run("encode", () => bijection.encode(rows, call));
    add("encode", { z: [z, [count, rowSize(at)]], logDet: [logDet, number] });
    const back = run("decode", () => bijection.decode(latent, call));
    add("decode", { x: [back.x, row], logDet: [back.logDet, number] });
  }
  for (const likelihood of model.logProb) {
    const who = likelihood.name === "" ? "logProb" : `logProb "${likelihood.name}"`;
    // Random input comes from evaluation; without it there is nothing to try here.
    if (likelihood.noise) continue;
    const value = run(who, () => likelihood.value(rows, call));
    add(who, { "log p": [value, number] });
  }
  const temperature = tf.scalar(1);
  const drawn = run("sampler.sample", () => sampler.sample(noise, { ...call, temperature }));
  add("sampler.sample", {
    x: [drawn.x, row],
    ...(drawn.logProb ? { logProb: [drawn.logProb, number] } : {}),
  });
  return results;
}

function expectTensor(label: string, who: string, what: string, got: Tensor, shape: Shape): void {
  expect(
    Array.isArray(lookUp(got, ["shape"])),
    `${label}: ${who} returned no tensor as ${what} (got ${typeof got}).`,
  );
  expect(
    got.shape.join() === shape.join(),
    `${label}: ${who} returned ${what} of shape [${got.shape.join(", ")}], expected [${shape.join(", ")}].`,
  );
}
