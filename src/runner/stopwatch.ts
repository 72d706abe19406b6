/** When something began, and how long it has taken. */
export interface Stopwatch {
  readonly started: Date;
  /** Seconds since then by a clock that nobody sets: the date may jump meanwhile, for an hour or for years. */
  seconds(): number;
}

export function startStopwatch(): Stopwatch {
  const begin = performance.now();
  return { started: new Date(), seconds: () => (performance.now() - begin) / 1000 };
}
