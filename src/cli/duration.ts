import { UserError } from "../runner/user-error.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
/** Timers of Node hold no more. */
const LONGEST = 24 * 86_400;

/**
 * Seconds of a text such as 90s, 10m, 1.5h, or a plain number of seconds.
 *
 * @param option that it belongs to, for the message
 * @throws UserError for anything else
 */
export function parseDuration(option: string, text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([smhd]?)$/.exec(text.trim()) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? NaN);
  if (number === "" || !(seconds > 0) || seconds > LONGEST)
    throw new UserError(
      `--${option} ${text}: expected a time of at most 24d, such as 90s, 10m, 2h, or a number of seconds.`,
    );
  return seconds;
}
