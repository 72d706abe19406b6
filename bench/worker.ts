/**
 * Flowmeter's contender in bench/compare.ts. The protocol and the work are those of bench/peers/README.md.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { couplingTraining, WORK, type Work } from "./coupling-training.ts";
import { glowTraining } from "./glow-training.ts";

const { values } = parseArgs({
  options: {
    library: { type: "string" },
    mode: { type: "string", default: "jit" },
    work: { type: "string", default: "affine" },
    size: { type: "string", default: "2,8,64,256" },
    threads: { type: "string", default: "1" },
  },
});
const [dim = 2, layers = 8, hidden = 64, batch = 256] = values.size.split(",").map(Number);
const threads = Number(values.threads);
const started = performance.now();
const isGlow = values.work === "glow";
if (!isGlow && !Object.hasOwn(WORK, values.work))
  throw new Error(
    `--work: expected ${[...Object.keys(WORK), "glow"].join(" or ")}, got "${values.work}".`,
  );
const size = { dim, layers, hidden, batch };
const engine = { engine: "auto", threads } as const;
const { trainer, parameters, stepsPerCall } = isGlow
  ? await glowTraining(size, engine)
  : await couplingTraining(values.work as Work, size, engine);

let step = 0;
/** At least `count` steps, in whole calls; the mean time of each call's steps. */
async function run(count: number): Promise<{ milliseconds: number[]; loss: number }> {
  const milliseconds: number[] = [];
  let loss = NaN;
  for (let done = 0; done < count; done += stepsPerCall) {
    const before = performance.now();
    loss = (await trainer.run(step, stepsPerCall)).at(-1) ?? NaN;
    milliseconds.push((performance.now() - before) / stepsPerCall);
    step += stepsPerCall;
  }
  return { milliseconds, loss };
}
const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

await run(1);
const compileSeconds = (performance.now() - started) / 1000;
const { loss } = await run(3 * stepsPerCall);
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
});
for await (const line of createInterface({ input: process.stdin }))
  say(await run((JSON.parse(line) as { steps: number }).steps));
await trainer.dispose();
