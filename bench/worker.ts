/**
 * Flowmeter's contender in bench/compare.ts. The protocol and the work are those of bench/peers/README.md.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { EngineOptions } from "../src/engine/index.ts";
import type { Work } from "./compare/contenders.ts";
import { continuousTraining } from "./continuous-training.ts";
import { couplingTraining } from "./coupling-training.ts";
import { glowTraining } from "./glow-training.ts";
import { odeLikelihood } from "./ode-likelihood.ts";
import { trainingTask, type CallResult, type Size, type Task } from "./task.ts";

const TASKS: Readonly<Record<Work, (size: Size, engine: EngineOptions) => Promise<Task>>> = {
  affine: async (...how) => trainingTask(await couplingTraining("affine", ...how)),
  spline: async (...how) => trainingTask(await couplingTraining("spline", ...how)),
  glow: async (...how) => trainingTask(await glowTraining(...how)),
  "flow-matching": async (...how) =>
    trainingTask(await continuousTraining("flow-matching", ...how)),
  "free-form": async (...how) => trainingTask(await continuousTraining("free-form", ...how)),
  "ode-likelihood": odeLikelihood,
};

const { values } = parseArgs({
  options: {
    library: { type: "string" },
    mode: { type: "string", default: "jit" },
    work: { type: "string", default: "affine" },
    size: { type: "string", default: "2,8,64,256" },
    threads: { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const [dim = 2, layers = 8, hidden = 64, batch = 256] = values.size.split(",").map(Number);
const threads = Number(values.threads);
const started = performance.now();
const { work, profile } = values;
if (!Object.hasOwn(TASKS, work))
  throw new Error(`--work: expected ${Object.keys(TASKS).join(" or ")}, got "${work}".`);
const task = await TASKS[work as Work](
  { dim, layers, hidden, batch },
  { engine: "auto", threads, ...(profile !== undefined && { profile }) },
);
const { parameters, stepsPerCall } = task;

/** At least `count` steps, in whole calls; the mean time of each call's steps. */
async function run(count: number): Promise<CallResult & { milliseconds: number[] }> {
  const milliseconds: number[] = [];
  let last: CallResult = { loss: NaN };
  for (let done = 0; done < count; done += stepsPerCall) {
    const before = performance.now();
    last = await task.call();
    milliseconds.push((performance.now() - before) / stepsPerCall);
  }
  return { milliseconds, ...last };
}
const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

await run(1);
const compileSeconds = (performance.now() - started) / 1000;
const { loss, figures } = await run(task.warmUpCalls * stepsPerCall);
say({
  ready: true,
  library: "flowmeter",
  version: process.env["npm_package_version"] ?? "checkout",
  mode: values.mode,
  parameters,
  threads,
  blas: "MLAS (ONNX Runtime)",
  versions: { node: process.versions.node, stepsPerCall: String(stepsPerCall) },
  compileSeconds,
  loss,
  figures,
});
for await (const line of createInterface({ input: process.stdin }))
  say(await run((JSON.parse(line) as { steps: number }).steps));
await task.dispose();
