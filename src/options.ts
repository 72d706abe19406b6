/**
 * One option of a family, dataset or command: default, meaning and the check that a value must pass. Values come
 * parsed (from YAML or an override), so a check never converts: "3.9" is not an integer, NaN is not a number.
 */
export interface Option<T> {
  readonly doc: string;
  readonly default: T;
  /** What is expected, in words: "a positive integer". */
  readonly expected: string;
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

/** One of the given words. */
export const oneOf = <const W extends readonly string[]>(
  words: W,
  value: W[number],
  doc: string,
): Option<W[number]> => ({
  doc,
  default: value,
  expected: `one of ${words.join(", ")}`,
  accepts: (x): x is W[number] => typeof x === "string" && words.includes(x),
});

/** A list of values, each as `item` says. */
export const list = <T>(
  item: Option<T>,
  value: readonly T[],
  doc: string,
): Option<readonly T[]> => ({
  doc,
  default: value,
  expected: `a list, each entry ${item.expected}`,
  accepts: (x): x is readonly T[] => Array.isArray(x) && x.every((entry) => item.accepts(entry)),
});

/** null, or a value as `option` says. */
export const optional = <T>(option: Option<T>, value: T | null = null): Option<T | null> => ({
  doc: option.doc,
  default: value,
  expected: `${option.expected}, or null`,
  accepts: (x): x is T | null => x === null || option.accepts(x),
});

/** The defaults of a schema. */
export const defaultsOf = <S extends OptionSchema>(schema: S): OptionValues<S> =>
  Object.fromEntries(
    Object.entries(schema).map(([name, option]) => [name, option.default]),
  ) as OptionValues<S>;
