/**
 * One option of a family, dataset or command: default, meaning and the check that a value must pass. Values come
 * parsed (from YAML or an override), so a check never converts: "3.9" is not an integer, NaN is not a number.
 */
export interface Option<T> {
  readonly doc: string;
  readonly default: T;
  /** What is expected, in words: "a positive integer". */
  readonly expected: string;
  /** The texts that it accepts, where these can be listed. */
  readonly words?: readonly string[];
  /** Of a list: what each entry is. */
  readonly item?: Option<unknown>;
  accepts(value: unknown): value is T;
}

export type OptionSchema = Readonly<Record<string, Option<unknown>>>;
export type OptionValues<S> = { readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never };

type Bounds = { readonly min?: number; readonly max?: number };
const within = (x: number, { min = -Infinity, max = Infinity }: Bounds): boolean =>
  x >= min && x <= max;
const range = ({ min, max }: Bounds): string =>
  min !== undefined && max !== undefined
    ? ` from ${min} to ${max}`
    : min !== undefined
      ? ` of at least ${min}`
      : max !== undefined
        ? ` of at most ${max}`
        : "";

/** A whole number. */
export const integer = (value: number, doc: string, bounds: Bounds = {}): Option<number> => ({
  doc,
  default: value,
  expected: `a whole number${range(bounds)}`,
  accepts: (x): x is number => typeof x === "number" && Number.isInteger(x) && within(x, bounds),
});

/** A finite number. */
export const real = (value: number, doc: string, bounds: Bounds = {}): Option<number> => ({
  doc,
  default: value,
  expected: `a finite number${range(bounds)}`,
  accepts: (x): x is number => typeof x === "number" && Number.isFinite(x) && within(x, bounds),
});

/** A finite number above zero. */
export const positive = (value: number, doc: string): Option<number> => ({
  doc,
  default: value,
  expected: "a finite number above 0",
  accepts: (x): x is number => typeof x === "number" && Number.isFinite(x) && x > 0,
});

export const flag = (value: boolean, doc: string): Option<boolean> => ({
  doc,
  default: value,
  expected: "true or false",
  accepts: (x): x is boolean => typeof x === "boolean",
});

/** One of the words that there are when a value is checked: plugins add to them. */
export const oneOfThose = <W extends string>(
  words: () => readonly W[],
  value: W,
  doc: string,
): Option<W> => ({
  doc,
  default: value,
  get expected() {
    return `one of ${words().join(", ")}`;
  },
  get words() {
    return words();
  },
  accepts: (x): x is W => (words() as readonly unknown[]).includes(x),
});

/** One of the given words; a list that grows by plugins is read when a value is checked. */
export const oneOf = <const W extends readonly string[]>(
  words: W,
  value: W[number],
  doc: string,
): Option<W[number]> => oneOfThose<W[number]>(() => words, value, doc);

/** A list of values, each as `item` says. */
export const list = <T>(
  item: Option<T>,
  value: readonly T[],
  doc: string,
): Option<readonly T[]> => ({
  doc,
  default: value,
  expected: `a list, each entry ${item.expected}`,
  item,
  accepts: (x): x is readonly T[] => Array.isArray(x) && x.every((entry) => item.accepts(entry)),
});

/** The words and the entries that any of these options accepts. */
function wordsOf(...options: readonly Option<unknown>[]): Pick<Option<unknown>, "words" | "item"> {
  const item = options.find((option) => option.item !== undefined)?.item;
  return {
    ...(options.some(({ words }) => words !== undefined) && {
      // Read when they are asked for: plugins add to them.
      get words() {
        return options.flatMap(({ words = [] }) => words);
      },
    }),
    ...(item && { item }),
  };
}

/** null, or a value as `option` says. */
export const optional = <T>(option: Option<T>, value: T | null = null): Option<T | null> => ({
  doc: option.doc,
  default: value,
  expected: `${option.expected}, or null`,
  ...wordsOf(option),
  accepts: (x): x is T | null => x === null || option.accepts(x),
});

/** The defaults of a schema. */
export const defaultsOf = <S extends OptionSchema>(schema: S): OptionValues<S> =>
  Object.fromEntries(
    Object.entries(schema).map(([name, option]) => [name, option.default]),
  ) as OptionValues<S>;

/** A text, possibly empty where `min` is 0. */
export const text = (value: string, doc: string, { min = 0 } = {}): Option<string> => ({
  doc,
  default: value,
  expected: min > 0 ? "a text that is not empty" : "a text",
  accepts: (x): x is string => typeof x === "string" && x.length >= min,
});

/** What one of two options accepts; the default and meaning are the first one's. */
export const either = <A, B>(first: Option<A>, second: Option<B>): Option<A | B> => ({
  doc: first.doc,
  default: first.default,
  expected: `${first.expected}, or ${second.expected}`,
  ...wordsOf(first, second),
  accepts: (x): x is A | B => first.accepts(x) || second.accepts(x),
});

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/** A map from any names to values, each as `item` says. */
export const record = <T>(
  item: Option<T>,
  value: Readonly<Record<string, T>>,
  doc: string,
): Option<Readonly<Record<string, T>>> => ({
  doc,
  default: value,
  expected: `a map, each value ${item.expected}`,
  accepts: (x): x is Readonly<Record<string, T>> =>
    isRecord(x) && Object.values(x).every((entry) => item.accepts(entry)),
});

/** A map with these keys, the optional ones possibly absent; other keys are refused. */
export const fields = <R extends OptionSchema, O extends OptionSchema>(
  required: R,
  maybe: O,
  doc: string,
): Option<OptionValues<R> & Partial<OptionValues<O>>> => {
  const known: OptionSchema = { ...required, ...maybe };
  const words = Object.entries(known).map(
    ([name, option]) => `${name}${name in required ? "" : "?"}: ${option.expected}`,
  );
  return {
    doc,
    default: defaultsOf(required) as OptionValues<R> & Partial<OptionValues<O>>,
    expected: `a map {${words.join("; ")}}`,
    accepts: (x): x is OptionValues<R> & Partial<OptionValues<O>> =>
      isRecord(x) &&
      Object.keys(required).every((name) => name in x) &&
      Object.entries(x).every(([name, entry]) => known[name]?.accepts(entry) === true),
  };
};
