import { setTimeout as sleep } from "node:timers/promises";
import { commandOf, nameOf, WORKS, type Contender, type Size, type Work } from "./contenders.ts";
import { boundTo } from "./affinity.ts";
import { startWorker, type Figures, type Ready, type Worker } from "./worker-process.ts";
import { median } from "./median.ts";

/** Length of a block, seconds: long against the timer and the scheduler, short against changes of the machine. */
const BLOCK_SECONDS = 0.75;
/** Calm before a block, so that the last worker's threads have stopped spinning. */
const SETTLE_MILLISECONDS = 200;
const PROBE_STEPS = 16;
const MOST_STEPS = 4000;

/** One contender at one size: who it is and the median step of each round, milliseconds. */
export interface Timed {
  readonly name: string;
  readonly ready: Ready;
  readonly roundMedians: readonly number[];
  /** Median over the steps of all rounds. */
  readonly median: number;
  /** Nats per row at the end. */
  readonly loss: number;
  readonly figures: Figures;
}

export interface Skipped {
  readonly name: string;
  readonly skipped: string;
}

export interface Job {
  readonly work: Work;
  readonly contenders: readonly Contender[];
  readonly size: Size;
  readonly threads: number;
  readonly rounds: number;
  readonly python: string;
  /** Progress, a line at a time. */
  readonly log: (line: string) => void;
}

interface Runner {
  readonly name: string;
  readonly worker: Worker;
  steps: number;
  readonly rounds: (readonly number[])[];
  loss: number;
  figures: Figures;
}

async function start(job: Job): Promise<{ runners: Runner[]; skipped: Skipped[] }> {
  const runners: Runner[] = [];
  const skipped: Skipped[] = [];
  for (const contender of job.contenders) {
    const name = nameOf(contender);
    const how = commandOf(job.work, contender, job.python, job.size, job.threads);
    const started =
      "skipped" in how ? how : await startWorker([...boundTo(job.threads), ...how.command]);
    if ("skipped" in started) {
      skipped.push({ name, skipped: started.skipped });
      job.log(`  ${name}: skipped: ${started.skipped}`);
      continue;
    }
    const { compileSeconds, parameters, loss, figures = {} } = started.ready;
    runners.push({ name, worker: started, steps: 0, rounds: [], loss, figures });
    job.log(
      `  ${name}: ready, ${parameters} parameters, first step ${compileSeconds.toFixed(1)} s`,
    );
  }
  return { runners, skipped };
}

const stepsFor = (milliseconds: number, least: number): number =>
  Math.min(MOST_STEPS, Math.max(least, Math.round((1000 * BLOCK_SECONDS) / milliseconds)));

/**
 * Times the contenders in one run. Each round gives every worker one block of steps in turn, the others asleep, so that
 * a slow minute of the machine hits all of them; the round starts one contender later than the last one did.
 */
export async function interleave(
  job: Job,
): Promise<{ timed: readonly Timed[]; skipped: readonly Skipped[] }> {
  const { runners, skipped } = await start(job);
  const failed = new Set<Runner>();
  const block = async (runner: Runner, steps: number): Promise<readonly number[]> => {
    if (failed.has(runner)) return [];
    await sleep(SETTLE_MILLISECONDS);
    try {
      const { milliseconds, loss, figures = {} } = await runner.worker.run(steps);
      Object.assign(runner, { loss, figures });
      return milliseconds;
    } catch (error) {
      failed.add(runner);
      const reason = error instanceof Error ? error.message : String(error);
      skipped.push({ name: runner.name, skipped: reason });
      job.log(`  ${runner.name}: stopped: ${reason}`);
      return [];
    }
  };
  const probe = WORKS[job.work].probeSteps ?? PROBE_STEPS;
  for (const runner of runners) runner.steps = stepsFor(median(await block(runner, probe)), probe);
  for (let round = 0; round < job.rounds; round++) {
    const from = round % Math.max(1, runners.length);
    for (const runner of [...runners.slice(from), ...runners.slice(0, from)])
      runner.rounds.push(await block(runner, runner.steps));
    job.log(`  round ${round + 1} of ${job.rounds}`);
  }
  for (const { worker } of runners) worker.close();
  const timed = runners
    .filter((runner) => !failed.has(runner))
    .map(({ name, worker, rounds, loss, figures }) => ({
      name,
      ready: worker.ready,
      roundMedians: rounds.map((times) => median(times)),
      median: median(rounds.flat()),
      loss,
      figures,
    }));
  return { timed, skipped };
}
