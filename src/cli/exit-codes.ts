import { Interrupted, isUserError, StoreError } from "../runner/user-error.ts";

/** What the process ends with. */
export const EXIT = {
  good: 0,
  /** At least one run failed or diverged; the others are done. */
  failed: 1,
  /** Configuration, data or usage; nothing was started. */
  usage: 2,
  nothing: 3,
  internal: 4,
  store: 5,
  stopped: 75,
  interrupted: 130,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.stopped;
  if (error instanceof StoreError) return EXIT.store;
  return isUserError(error) ? EXIT.usage : EXIT.internal;
}
