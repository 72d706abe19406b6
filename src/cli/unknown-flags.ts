import { nearest } from "../registry.ts";

/** retry → retries: all letters but the last, where these are some. */
const sameStem = (name: string, known: readonly string[]): string | undefined =>
  name.length < 5 ? undefined : known.find((flag) => flag.startsWith(name.slice(0, -1)));

/**
 * What yargs says of options that there are not, with what was probably meant. It guesses at commands only.
 *
 * @param typed the words of the command line
 * @param known names of the command's options
 */
export function withNearFlags(
  message: string,
  typed: readonly string[],
  known: readonly string[],
): string {
  const [, names = ""] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  const guesses = names.split(", ").flatMap((name) => {
    // Not of a word, which may be anything.
    const isFlag = typed.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    const near = isFlag ? (nearest(name, known) ?? sameStem(name, known)) : undefined;
    return near === undefined ? [] : [`--${near}`];
  });
  return guesses.length === 0
    ? message
    : `${message}. Did you mean ${[...new Set(guesses)].join(", ")}?`;
}
