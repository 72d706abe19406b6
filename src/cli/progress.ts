import { SingleBar, MultiBar } from "cli-progress";
import { progressText, shortTime } from "../runner/progress-text.ts";
import type { TrainingProgress } from "../training/train.ts";
import { isLively, note } from "./output.ts";
import { sweepClock, type Leaving } from "./sweep-clock.ts";

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
  done(name: string, line: string, how: Leaving): void;
  end(): void;
}

/** A bar for the sweep with its ETA and one for each run at work; without a terminal, a line for each run. */
export function showSweep(total: number, jobs: number): SweepDisplay {
  const clock = sweepClock(total, jobs);
  const summary = (): string => {
    const left = clock.left();
    const open = Number.isFinite(left) && left > 0 ? `, ${shortTime(left)} left` : "";
    return `${clock.finished()}/${total} runs${open}`;
  };
  if (!isLively())
    return {
      start: (name) => {
        clock.begin(name);
      },
      update: (name, { remaining }) => {
        clock.progress(name, remaining);
      },
      log: note,
      done(name, line, how) {
        clock.end(name, how);
        note(`[${summary()}] ${name}: ${line}`);
      },
      end: () => undefined,
    };
  const bars = new MultiBar({ ...OPTIONS, clearOnComplete: true });
  const whole = bars.create(total, 0, { summary: summary() }, { format: "{bar} {summary}" });
  const running = new Map<string, SingleBar>();
  const showWhole = (): void => {
    whole.update(clock.finished(), { summary: summary() });
  };
  return {
    start(name) {
      clock.begin(name);
      showWhole();
    },
    update(name, progress) {
      let bar = running.get(name);
      if (bar === undefined) {
        bar = bars.create(progress.steps, 0, { name, ...payload(progress) });
        if (running.size < jobs) running.set(name, bar);
      }
      bar.update(progress.step, payload(progress));
      clock.progress(name, progress.remaining);
      showWhole();
    },
    log(line) {
      bars.log(`${line}\n`);
    },
    done(name, line, how) {
      clock.end(name, how);
      const bar = running.get(name);
      if (bar !== undefined) bars.remove(bar);
      running.delete(name);
      bars.log(`${name}: ${line}\n`);
      showWhole();
    },
    end: () => {
      // Lines that were logged since the last redraw would be lost.
      bars.update();
      bars.stop();
    },
  };
}
