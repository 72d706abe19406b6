/** What yargs knows of a command's options. */
export interface KnownOptions {
  readonly key: Readonly<Record<string, unknown>>;
  readonly alias: Readonly<Record<string, readonly string[]>>;
  readonly array: readonly string[];
  readonly boolean: readonly string[];
  readonly number: readonly string[];
  readonly string: readonly string[];
}

interface Given {
  /** The option as it was typed: `--jobs`, `-j`. */
  readonly flag: string;
  /** Undefined where no value follows. */
  readonly value: string | undefined;
  /** --json=true */
  readonly joined: boolean;
}

/** Whether a word is a value and no option: `-1` is, `-j` is not. */
const isValue = (word: string | undefined): word is string =>
  word !== undefined && (!word.startsWith("-") || word === "-" || Number.isFinite(Number(word)));

/** Where an option stands on the command line, under each of its names. */
function givenAs(words: readonly string[], names: readonly string[]): readonly Given[] {
  const flags = names.map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  return words.flatMap((word, i): Given[] => {
    const next = words[i + 1];
    const flag = flags.find((f) => word === f || word.startsWith(`${f}=`));
    if (flag !== undefined) {
      if (word !== flag) return [{ flag, value: word.slice(flag.length + 1), joined: true }];
      return [{ flag, value: isValue(next) ? next : undefined, joined: false }];
    }
    // -j2
    const short = flags.find((f) => f.length === 2 && word.startsWith(f) && !word.startsWith("--"));
    return short === undefined ? [] : [{ flag: short, value: word.slice(2), joined: false }];
  });
}

const isNumber = (text: string): boolean => text.trim() !== "" && !Number.isNaN(Number(text));

/** What is wrong with an option, given the places at which it stands; nothing where all is well. */
function problemWith(
  name: string,
  given: readonly Given[],
  known: KnownOptions,
): string | undefined {
  const isFlag = known.boolean.includes(name);
  const isOne = !known.array.includes(name);
  for (const { flag, value, joined } of given) {
    if (isFlag) {
      if (joined && value !== "true" && value !== "false")
        return `${flag}=${value ?? ""}: expected true or false.`;
    } else if (value === undefined || value === "")
      return `${flag}: expected a value after it, got none.`;
    else if (known.number.includes(name) && !isNumber(value))
      return `${flag} ${value}: expected a number, got "${value}".`;
  }
  const [first, second] = given;
  return first !== undefined && second !== undefined && isOne && !isFlag
    ? `${second.flag} is given ${given.length} times, as ${given.map(({ value }) => value ?? "").join(" and ")}; give it once.`
    : undefined;
}

/**
 * What is wrong with the options of a command line that yargs would take for something else: of an option that is given twice it
 * makes a list, of one without a value the default, of a number that is none NaN, and of `--no-out` the value false.
 *
 * @param words of the command line
 */
export function flagProblems(words: readonly string[], known: KnownOptions): readonly string[] {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const names = Object.keys(known.key).filter((name) =>
    // Under the name that has the others as its aliases.
    Object.entries(known.alias).every(([main, others]) => main === name || !others.includes(name)),
  );
  return names.flatMap((name) => {
    const negated = known.boolean.includes(name)
      ? undefined
      : own.find((w) => w === `--no-${name}`);
    if (negated !== undefined) return [`Unknown argument: ${negated}. --${name} has a value.`];
    const all = [name, ...(known.alias[name] ?? [])];
    return problemWith(name, givenAs(own, all), known) ?? [];
  });
}
