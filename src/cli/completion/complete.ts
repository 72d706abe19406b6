/** Commands that take overrides, and how many other words come before these. */
const TAKES_OVERRIDES: Readonly<Record<string, number>> = {
  ...{ run: 0, sweep: 0, validate: 0 },
  ...{ show: 1, list: 1 },
};

/** Yargs describes its own candidates for some shells, behind a colon or a tab. */
const bare = (text: string): string =>
  text
    .replace(/(?<!\\):.*$/s, "")
    .replaceAll("\\:", ":")
    .replace(/\t.*$/s, "");

const ASKED = "--get-yargs-completions";

/** Whether a shell asks for candidates: what is wrong with the unfinished line is then nobody's concern. */
export const isCompleting = (): boolean => process.argv.includes(ASKED);

/** The words of the command line behind the program, the last being completed. */
function typedWords(): readonly string[] {
  const at = process.argv.indexOf(ASKED);
  return at < 0 ? [] : process.argv.slice(at + 2);
}

type Fallback = (
  done: (error: Error | null, found: readonly string[] | undefined) => void,
) => unknown;

/**
 * What yargs asks for the candidates of a word: its own are the commands and their options, ours the overrides. In a place for
 * the name of a folder there are none, so that the shell offers its own.
 */
export function complete(
  current: string,
  _argv: unknown,
  fallback: Fallback,
  done: (found: string[]) => void,
): void {
  const words = typedWords();
  const [command, ...rest] = words.slice(0, -1).filter((word) => !word.startsWith("-"));
  const ours = async (): Promise<readonly string[]> => {
    if (command === undefined || rest.length < (TAKES_OVERRIDES[command] ?? Infinity)) return [];
    if (current.startsWith("-")) return [];
    const { overrideCandidates } = await import("./candidates.ts");
    return overrideCandidates(current, words);
  };
  const yargsOwn = (found: readonly string[] | undefined): readonly string[] =>
    (found ?? [])
      .map(bare)
      .filter((text) => text.startsWith(current) && (current !== "" || !text.startsWith("-")));
  const answer = (found: readonly string[]): void => {
    done([...found]);
    // Yargs would go on to check the unfinished line, and to complain.
    process.exit(0);
  };
  ours()
    // Nothing that goes wrong may end up on the line that is being typed.
    .catch(() => [])
    .then((overrides) => {
      fallback((_error, found) => {
        answer([...yargsOwn(found), ...overrides]);
      });
    })
    .catch(() => {
      answer([]);
    });
}
