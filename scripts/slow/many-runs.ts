import { join } from "node:path";
import { flowmeter, startFlowmeter } from "../../test/cli/flowmeter.ts";
import { isDone, runsIn } from "../../test/cli/sweep-records.ts";
import { childrenOf, memoryOf } from "./memory-of.ts";
import type { Report } from "./report.ts";

const EVERY_MS = 2000;
/** Seconds that `status` and `table` may take. */
const MOST_SECONDS = 3;
/** A worker gives way to a new one at 1 GiB, after the run that took it there. */
const MOST_MEGABYTES = 1500;

/** Seconds of a command, the least of three: others use this machine as well. */
function secondsOf(folder: string, ...args: string[]): number {
  const times = [1, 2, 3].map(() => {
    const began = performance.now();
    const { code, stderr } = flowmeter(folder, ...args);
    if (code !== 0) throw new Error(stderr);
    return (performance.now() - began) / 1000;
  });
  return Math.min(...times);
}

/** One sweep of very many runs: whether memory stays bounded, and how long it takes to look at them. */
export async function manyRuns(folder: string, runs: number): Promise<Report> {
  const args = [
    ...["family=gaussian", "data=two-moons", "data.size=300", "evaluation.samples=0"],
    ...["--seeds", String(runs), "-j", "2", "--out", "many"],
  ];
  const began = performance.now();
  const child = startFlowmeter(folder, "sweep", ...args);
  const code = new Promise((resolve) => child.on("close", resolve));
  const most = { supervisor: 0, worker: 0 };
  const timer = setInterval(() => {
    const { pid = 0 } = child;
    most.supervisor = Math.max(most.supervisor, memoryOf(pid));
    most.worker = Math.max(most.worker, ...childrenOf(pid).map(memoryOf));
  }, EVERY_MS);
  const ended = await code;
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const sweep = join(folder, "many");
  const done = runsIn(sweep).filter((name) => isDone(join(sweep, name))).length;
  const status = secondsOf(folder, "status", "many");
  const table = secondsOf(folder, "table", "many");
  const resume = secondsOf(folder, "resume", "many");
  return {
    good:
      ended === 0 &&
      done === runs &&
      Math.max(status, table) < MOST_SECONDS &&
      Math.max(most.supervisor, most.worker) < MOST_MEGABYTES,
    rows: {
      "runs done": done,
      "seconds of the sweep, -j 2": Math.round(seconds),
      "milliseconds per run": Math.round((1000 * seconds) / runs),
      "largest supervisor, MB": Math.round(most.supervisor),
      "largest worker, MB": Math.round(most.worker),
      "seconds of `status`": status.toFixed(2),
      "seconds of `table`": table.toFixed(2),
      "seconds of `resume`, all done": resume.toFixed(2),
    },
  };
}
