import { SingleBar, MultiBar } from "cli-progress";
import { progressText, shortTime } from "../runner/progress-text.ts";
import type { TrainingProgress } from "../training/train.ts";
import { isLively, note } from "./output.ts";

/** What shows one run's progress. */
export interface RunDisplay {
  readonly say: (line: string) => void;
  readonly update: (progress: TrainingProgress) => void;
  readonly end: () => void;
}

const payload = ({ loss, stepsPerSecond, remaining }: TrainingProgress) => ({
  loss: loss.toFixed(4),
  rate: stepsPerSecond.toFixed(0),
  left: shortTime(remaining),
});

const RUN_FORMAT = "{bar} {value}/{total}  loss {loss}  {rate} steps/s  {left} left  {name}";
const OPTIONS = {
  stream: process.stderr,
  format: RUN_FORMAT,
  hideCursor: true,
  clearOnComplete: true,
  barsize: 24,
};

/** Seconds between lines where nothing can be drawn. */
const EVERY = 5;

/** A bar on a terminal, else a line now and then. */
export function showProgress(): RunDisplay {
  if (!isLively()) {
    let next = performance.now() + EVERY * 1000;
    return {
      say: note,
      update(progress) {
        if (performance.now() < next && progress.step < progress.steps) return;
        next = performance.now() + EVERY * 1000;
        note(progressText(progress));
      },
      end: () => undefined,
    };
  }
  const bar = new SingleBar(OPTIONS);
  let started = false;
  return {
    say(line) {
      if (!started) note(line);
    },
    update(progress) {
      if (!started) bar.start(progress.steps, 0, { name: "", ...payload(progress) });
      started = true;
      bar.update(progress.step, payload(progress));
    },
    end() {
      if (started) bar.stop();
      started = false;
    },
  };
}

/** What shows a sweep's progress. */
export interface SweepDisplay {
  start(name: string): void;
  update(name: string, progress: TrainingProgress): void;
  /** A line that stays. */
  log(line: string): void;
  /** A run is over: its line stays. */
  done(name: string, line: string): void;
  end(): void;
}

/** A bar for the sweep with its ETA and one for each run at work; without a terminal, a line for each run. */
export function showSweep(total: number, jobs: number): SweepDisplay {
  const began = performance.now();
  let finished = 0;
  const summary = (): string => {
    const spent = (performance.now() - began) / 1000;
    const left = finished > 0 ? (spent / finished) * (total - finished) : NaN;
    return `${finished}/${total} runs, ${shortTime(left)} left`;
  };
  if (!isLively())
    return {
      start: () => undefined,
      update: () => undefined,
      log: note,
      done(name, line) {
        finished += 1;
        note(`[${summary()}] ${name}: ${line}`);
      },
      end: () => undefined,
    };
  const bars = new MultiBar({ ...OPTIONS, clearOnComplete: true });
  const whole = bars.create(total, 0, { summary: summary() }, { format: "{bar} {summary}" });
  const running = new Map<string, SingleBar>();
  return {
    start: () => {
      whole.update(finished, { summary: summary() });
    },
    update(name, progress) {
      let bar = running.get(name);
      if (bar === undefined) {
        bar = bars.create(progress.steps, 0, { name, ...payload(progress) });
        if (running.size < jobs) running.set(name, bar);
      }
      bar.update(progress.step, payload(progress));
    },
    log(line) {
      bars.log(`${line}\n`);
    },
    done(name, line) {
      finished += 1;
      const bar = running.get(name);
      if (bar !== undefined) bars.remove(bar);
      running.delete(name);
      bars.log(`${name}: ${line}\n`);
      whole.update(finished, { summary: summary() });
    },
    end: () => {
      // Lines that were logged since the last redraw would be lost.
      bars.update();
      bars.stop();
    },
  };
}
