import { note } from "./output.ts";

export interface StopSignals {
  /** Aborted by the first SIGINT, SIGTERM or SIGUSR2. */
  readonly stop: AbortSignal;
  /** Aborted by the second. */
  readonly kill: AbortSignal;
  /** 128 + the number of the signal that came, or 75 for SIGUSR2. */
  readonly exitCode: () => number | undefined;
}

/** One wish to stop may come twice, to the process and to its group, as from `timeout`; nobody types as quickly. */
const SAME_WISH_MS = 300;

const CODES = { SIGINT: 130, SIGTERM: 143, SIGUSR2: 75 } as const;

/**
 * The first signal asks for an orderly end, with checkpoints; the second ends at once.
 *
 * @param onKill what the second signal does
 * @param message what the first one means, for people
 */
export function listenForStop(
  onKill: () => void,
  message = "stopping after a checkpoint; once more ends at once",
): StopSignals {
  const stop = new AbortController();
  const kill = new AbortController();
  let code: number | undefined;
  let first = NaN;
  for (const signal of ["SIGINT", "SIGTERM", "SIGUSR2"] as const)
    process.on(signal, () => {
      code ??= CODES[signal];
      if (stop.signal.aborted) {
        if (performance.now() - first < SAME_WISH_MS) return;
        kill.abort();
        onKill();
      } else {
        first = performance.now();
        note(message);
        stop.abort();
      }
    });
  return { stop: stop.signal, kill: kill.signal, exitCode: () => code };
}
