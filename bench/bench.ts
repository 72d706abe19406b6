/**
 * Times the engine on the machine at hand: `npm run bench [-- --threads 2] [--only compile]`. Figures of different
 * machines, or of one machine at different hours, do not compare; bench/compare.ts compares libraries in one run.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { Bench } from "tinybench";
import { couplingTraining, WORK, type Size, type Work } from "./coupling-training.ts";

const { values } = parseArgs({
  options: { threads: { type: "string", default: "1" }, only: { type: "string", default: "" } },
});
const threads = Number(values.threads);
const text = (work: Work, { dim, layers, hidden, batch }: Size): string =>
  `${work}, D=${dim}, ${layers} layers, hidden ${hidden}, batch ${batch}`;

const steps = new Bench({
  name: `one training step, ms (${threads} thread${threads === 1 ? "" : "s"})`,
  time: 3000,
  warmupTime: 500,
});
const jobs = (Object.keys(WORK) as Work[]).flatMap((work) =>
  WORK[work].sizes.map((size) => ({ work, size })),
);
const disposals: (() => Promise<void>)[] = [];
for (const { work, size } of jobs) {
  const { trainer, stepsPerCall } = await couplingTraining(work, size, { threads });
  let at = 0;
  // One task is one call of the compiled program; times are divided by the steps in it.
  steps.add(`${text(work, size)} (${stepsPerCall} steps a call)`, async () => {
    await trainer.run(at, stepsPerCall);
    at += stepsPerCall;
  });
  disposals.push(() => trainer.dispose());
}
const [smallest] = WORK.affine.sizes;
const reference = await couplingTraining("affine", smallest, { engine: "tfjs-cpu" });
steps.add(`${text("affine", smallest)} (1 steps a call), eager tfjs-cpu`, () =>
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
for (const { work, size } of jobs)
  compiling.add(text(work, size), async () => {
    const { trainer } = await couplingTraining(work, size, { threads });
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
