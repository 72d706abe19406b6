/**
 * How a run of a sweep ended, for its display: worked on to its end; ended without work, as one that is used again; given up, since
 * the sweep stops; or left to another process.
 */
export type Leaving = "worked" | "unworked" | "stopped" | "elsewhere";

/** Counts the runs of a sweep and estimates the time that those take which are left. Times in seconds. */
export interface SweepClock {
  begin(name: string): void;
  /** @param remaining seconds of training that the run itself expects; not finite where it does not know */
  progress(name: string, remaining: number): void;
  end(name: string, how: Leaving): void;
  /** Runs that came to their end, now or before. */
  finished(): number;
  /** NaN where nothing is known yet, or the sweep is being stopped. */
  left(): number;
}

interface Running {
  readonly began: number;
  readonly remaining: number;
  /** When that was. */
  readonly at: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * The time left is that of the runs at work by their own word, and for each that waits the mean of those that were worked on; before
 * the first has ended, of what those at work expect. Runs that are used again take no time and say nothing about it.
 *
 * @param total runs
 * @param jobs so many at a time
 * @param now the time
 */
export function sweepClock(
  total: number,
  jobs: number,
  now: () => number = () => performance.now() / 1000,
): SweepClock {
  const running = new Map<string, Running>();
  const took: number[] = [];
  const gone: Leaving[] = [];

  const left = (): number => {
    if (gone.includes("stopped")) return NaN;
    const time = now();
    const expected = [...running.values()]
      .map(({ began, remaining, at }) => at - began + remaining)
      .filter(Number.isFinite);
    const known = took.length > 0 ? took : expected;
    const usual = known.length === 0 ? NaN : sum(known) / known.length;
    const atWork = [...running.values()].map(({ began, remaining, at }) =>
      Math.max(0, Number.isFinite(remaining) ? at + remaining - time : began + usual - time),
    );
    const waiting = Math.max(0, total - gone.length - running.size);
    const all = sum(atWork) + (waiting === 0 ? 0 : waiting * usual);
    return Math.max(all / Math.max(jobs, running.size), ...atWork);
  };

  return {
    begin(name) {
      running.set(name, { began: now(), remaining: NaN, at: now() });
    },
    progress(name, remaining) {
      const before = running.get(name);
      if (before !== undefined) running.set(name, { ...before, remaining, at: now() });
    },
    end(name, how) {
      const { began } = running.get(name) ?? {};
      if (how === "worked" && began !== undefined) took.push(now() - began);
      running.delete(name);
      gone.push(how);
    },
    finished: () => gone.filter((how) => how === "worked" || how === "unworked").length,
    left,
  };
}
