/**
 * Flowmeter's contender in bench/compare.ts: one Real NVP training step, by the family and the trainer that users run.
 * The protocol and the work are those of bench/peers/README.md.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { realNvp } from "../src/flows/real-nvp.ts";
import { createRng } from "../src/math/rng.ts";
import type { Rows } from "../src/math/rows.ts";
import { defaultsOf } from "../src/options.ts";
import { trainingOptions } from "../src/training/options.ts";
import { packing } from "../src/training/pack.ts";
import { planTraining } from "../src/training/plan.ts";
import { createTrainer } from "../src/training/trainer.ts";

/** Batches drawn beforehand. */
const BATCHES = 64;

/** x_0 = e_0, x_j = 0.8 x_{j−1} + 0.6 e_j. */
function autoregressiveRows(count: number, dim: number): Rows {
  const values = createRng(0)
    .fork("data")
    .normals(count * dim);
  for (let i = 0; i < values.length; i++)
    if (i % dim > 0) values[i] = 0.8 * (values[i - 1] ?? 0) + 0.6 * (values[i] ?? 0);
  return { count, shape: [dim], values };
}

const { values } = parseArgs({
  options: {
    library: { type: "string" },
    mode: { type: "string" },
    size: { type: "string", default: "2,8,64,256" },
    threads: { type: "string", default: "1" },
  },
});
const [dim = 2, layers = 8, hidden = 64, batch = 256] = values.size.split(",").map(Number);
const started = performance.now();
const rng = createRng(1);
const model = realNvp.build({
  options: {
    ...defaultsOf(realNvp.options),
    layers,
    hidden: [hidden, hidden],
    activation: "tanh",
    mixing: "rotation",
    clamp: 2,
  },
  shape: [dim],
  contextSize: 0,
  rng: rng.fork("model"),
});
const variables = model.store.slots("variable");
const parameters = variables.reduce((sum, slot) => sum + slot.values.length, 0);
const options = {
  ...defaultsOf(trainingOptions),
  batch,
  schedule: "constant" as const,
  steps: 1_000_000,
};
const rows = autoregressiveRows(BATCHES * batch, dim);
const plan = planTraining(options, rows.count, parameters);
const threads = Number(values.threads);
const trainer = await createTrainer({
  model,
  rows,
  options,
  plan,
  packing: packing(variables),
  engine: { engine: "auto", threads },
  rng: rng.fork("training"),
});

let step = 0;
/** At least `count` steps, in whole calls; the mean time of each call's steps. */
async function run(count: number): Promise<{ milliseconds: number[]; loss: number }> {
  const milliseconds: number[] = [];
  let loss = NaN;
  for (let done = 0; done < count; done += plan.chunk) {
    const before = performance.now();
    loss = (await trainer.run(step, plan.chunk)).at(-1) ?? NaN;
    milliseconds.push((performance.now() - before) / plan.chunk);
    step += plan.chunk;
  }
  return { milliseconds, loss };
}

const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};
await run(1);
const compileSeconds = (performance.now() - started) / 1000;
const { loss } = await run(3 * plan.chunk);
say({
  ready: true,
  library: "flowmeter",
  version: process.env["npm_package_version"] ?? "checkout",
  mode: values.mode ?? "jit",
  parameters,
  threads,
  blas: "MLAS (ONNX Runtime)",
  versions: { node: process.versions.node, stepsPerCall: String(plan.chunk) },
  compileSeconds,
  loss,
});
for await (const line of createInterface({ input: process.stdin }))
  say(await run((JSON.parse(line) as { steps: number }).steps));
await trainer.dispose();
