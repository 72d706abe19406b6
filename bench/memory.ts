/**
 * Shows that memory stays flat over a long training: resident set every 2,000 of 20,000 steps at (2, 8, 64, 256).
 *
 *     npx tsx bench/memory.ts [STEPS] > results/bench/memory.md
 */
import { cpus } from "node:os";
import { couplingTraining, WORK } from "./coupling-training.ts";

const steps = Number(process.argv[2] ?? 20_000);
const { trainer, stepsPerCall } = await couplingTraining("affine", WORK.affine.sizes[0], {
  threads: 1,
});
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

console.log(`# Memory over ${steps} training steps

Real NVP at (D, layers, hidden, batch) = (2, 8, 64, 256), ${stepsPerCall} steps a call, engine cpu, 1 thread, Node ${process.versions.node},
${cpus()[0]?.model ?? "unknown CPU"}. Command: \`npx tsx bench/memory.ts ${steps}\`.

| step | resident set, MiB | JavaScript heap, MiB | array buffers, MiB |
| ---: | ---: | ---: | ---: |`);
for (let step = 0; step <= steps; step += stepsPerCall) {
  if (step % (steps / 10) === 0) {
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    console.log(
      `| ${step} | ${mebibytes(rss)} | ${mebibytes(heapUsed)} | ${mebibytes(arrayBuffers)} |`,
    );
  }
  await trainer.run(step, stepsPerCall);
}
await trainer.dispose();
