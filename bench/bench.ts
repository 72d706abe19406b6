/**
 * Times the engine on the machine at hand: `npm run bench [-- --threads 2] [--only compile]`. Figures of different
 * machines, or of one machine at different hours, do not compare; bench/compare.ts compares libraries in one run.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { Bench } from "tinybench";
import { realNvpTraining, SIZES, type Size } from "./real-nvp-training.ts";

const { values } = parseArgs({
  options: { threads: { type: "string", default: "1" }, only: { type: "string", default: "" } },
});
const threads = Number(values.threads);
const text = ({ dim, layers, hidden, batch }: Size): string =>
  `D=${dim}, ${layers} layers, hidden ${hidden}, batch ${batch}`;

const steps = new Bench({
  name: `one training step, ms (Real NVP, ${threads} thread${threads === 1 ? "" : "s"})`,
  time: 3000,
  warmupTime: 500,
});
const disposals: (() => Promise<void>)[] = [];
for (const size of SIZES) {
  const { trainer, stepsPerCall } = await realNvpTraining(size, { threads });
  let at = 0;
  // One task is one call of the compiled program; times are divided by the steps in it.
  steps.add(`${text(size)} (${stepsPerCall} steps a call)`, async () => {
    await trainer.run(at, stepsPerCall);
    at += stepsPerCall;
  });
  disposals.push(() => trainer.dispose());
}
const reference = await realNvpTraining(SIZES[0] as Size, { engine: "tfjs-cpu" });
steps.add(`${text(SIZES[0] as Size)} (1 steps a call), eager tfjs-cpu`, () =>
  reference.trainer.run(0, 1).then(() => undefined),
);
disposals.push(() => reference.trainer.dispose());

const compiling = new Bench({
  name: "compiling a training step, ms",
  iterations: 5,
  time: 0,
  warmupIterations: 1,
  warmupTime: 0,
});
for (const size of SIZES)
  compiling.add(text(size), async () => {
    const { trainer } = await realNvpTraining(size, { threads });
    await trainer.dispose();
  });

const starting = new Bench({
  name: "starting the command line (dist/), ms",
  iterations: 10,
  time: 0,
  warmupIterations: 2,
  warmupTime: 0,
});
for (const command of [["list", "families"], ["--help"]])
  starting.add(`flowmeter ${command.join(" ")}`, () => {
    const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...command]);
    if (status !== 0) throw new Error("dist/ is not built: npm run build");
  });

for (const bench of [steps, compiling, starting]) {
  if (!(bench.name ?? "").includes(values.only)) continue;
  await bench.run();
  console.log(`\n${bench.name ?? ""}`);
  console.table(
    Object.fromEntries(
      bench.tasks.map(({ name, result }) => {
        const perCall = Number(/\((\d+) steps/.exec(name)?.[1] ?? 1);
        if (!("latency" in result)) return [name, { failed: result.state }];
        const { p50, min, max, samplesCount } = result.latency;
        const show = (x: number): number => Number((x / perCall).toPrecision(3));
        return [name, { median: show(p50), min: show(min), max: show(max), calls: samplesCount }];
      }),
    ),
  );
}
for (const dispose of disposals) await dispose();
