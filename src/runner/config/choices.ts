import { nearest } from "../../registry.ts";
import { parseValue, splitTop, ValueSyntaxError } from "./value.ts";

/** What `glob` in the values of a key looks at: the names of a group, or the words of an option. */
export type Names = (key: string) => readonly string[];

/** The values of one key in a sweep: a list, or what a share of [0, 1) stands for. */
export interface Choices {
  readonly values: readonly unknown[];
  /** Written `zip(…)`: goes along with the other zipped keys instead of being crossed with them. */
  readonly zipped?: true;
  /** Written `interval(…)`, `log(…)` or `int(…)`: the value at a share u of the range; `values` is empty. */
  readonly at?: (u: number) => number;
  /** The range as it is written. */
  readonly range?: string;
}

const asNumber = (text: string, call: string): number => {
  const value = parseValue(text);
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ValueSyntaxError(`expected finite numbers in ${call}, got "${text}"`);
  return value;
};

/** Digits behind the point of a number as it is written: 2 of 0.25, 7 of 1e-7. */
function decimals(x: number): number {
  const [mantissa = "", exponent = "0"] = String(x).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

/** A power of ten is exact in float64 up to here. */
const MOST_DECIMALS = 22;

/** start, start + step, … before stop. */
function range(args: readonly string[], call: string): number[] {
  if (args.length < 1 || args.length > 3)
    throw new ValueSyntaxError(`expected range(start,stop[,step]), got ${call}`);
  const given = args.map((a) => asNumber(a, call));
  const numbers = given.length === 1 ? [0, ...given] : given;
  // In whole numbers of the last decimal, since 0.1 + 2 · 0.1 is not 0.3 in floating point.
  const digits = Math.max(...numbers.map(decimals));
  const scaled = numbers.map((x) => Math.round(x * 10 ** digits));
  const exact = digits <= MOST_DECIMALS && scaled.every(Number.isSafeInteger);
  const [start = 0, stop = 0, step = exact ? 10 ** digits : 1] = exact ? scaled : numbers;
  const count = Math.ceil((stop - start) / step - (exact ? 0 : 1e-9));
  if (step === 0 || count < 1 || count > 1e6)
    throw new ValueSyntaxError(`${call} gives no values, or too many`);
  const unit = exact ? 10 ** digits : 1;
  return Array.from({ length: count }, (_, i) => (start + i * step) / unit);
}

function choice(parts: readonly string[], call: string): readonly unknown[] {
  if (parts.length === 0)
    throw new ValueSyntaxError(`${call} has no values; give at least one, as in choice(2,4)`);
  return parts.map(parseValue);
}

function glob(pattern: string, names: readonly string[], call: string): readonly string[] {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const found = names.filter((name) => new RegExp(`^${source}$`).test(name));
  if (found.length === 0)
    throw new ValueSyntaxError(
      `${call} matches nothing${names.length > 0 ? `; there are ${names.join(", ")}` : " here"}`,
    );
  return found;
}

/** Enough for a search, and short in names and tables. */
const DIGITS = 4;
const short = (value: number): number => Number(value.toPrecision(DIGITS));

/** What a share u of [0, 1) of a range stands for, by the word that ranges are written with. */
const RANGES: Readonly<Record<string, (low: number, high: number, u: number) => number>> = {
  interval: (low, high, u) => short(low + u * (high - low)),
  log: (low, high, u) => short(low * (high / low) ** u),
  // Both ends belong to it.
  int: (low, high, u) => low + Math.floor(u * (high - low + 1)),
};

function rangeOf(word: string, args: readonly string[], call: string): Choices {
  const numbers = args.map((a) => asNumber(a, call));
  const [low = NaN, high = NaN] = numbers;
  if (numbers.length !== 2 || !(low < high))
    throw new ValueSyntaxError(`expected ${word}(low,high) with low < high, got ${call}`);
  if (word === "log" && low <= 0)
    throw new ValueSyntaxError(`expected ends above 0 in ${call}, since its steps are factors`);
  if (word === "int" && !numbers.every(Number.isInteger))
    throw new ValueSyntaxError(`expected whole numbers in ${call}; use interval(low,high)`);
  const value = RANGES[word];
  return { values: [], at: (u) => value?.(low, high, u) ?? NaN, range: call };
}

/** `int(2,12)` for "interval(2,12)"; undefined where the ends are not whole. */
export const wholeRange = (range: string): string | undefined =>
  /^[a-z]+\(\s*[+-]?\d+\s*,\s*[+-]?\d+\s*\)$/.test(range)
    ? range.replace(/^[a-z]+/, "int")
    : undefined;

const CALL = /^([a-z]+)\((.*)\)$/;

/** What lists and ranges of values are written with. */
const WORDS: readonly string[] = ["range", "choice", "glob", "zip", ...Object.keys(RANGES)];

/** ` Did you mean "range(2,5)"?` of the value "rnage(2,5)", which is a text like any other; else nothing. */
export function likeSweep(value: unknown): string {
  const [, word = "", inside = ""] = typeof value === "string" ? (CALL.exec(value) ?? []) : [];
  const meant = word === "" ? undefined : nearest(word, WORDS);
  return meant === undefined || meant === word ? "" : ` Did you mean "${meant}(${inside})"?`;
}

const partsOf = (inside: string): readonly string[] =>
  inside.trim() === "" ? [] : splitTop(inside);

/** The values that one part of a list stands for: `range(…)`, `choice(…)`, `glob(…)`, or a plain value. */
function expand(part: string, names: readonly string[]): readonly unknown[] {
  const [, name, inside = ""] = CALL.exec(part) ?? [];
  if (name !== undefined && (name === "zip" || Object.hasOwn(RANGES, name)))
    throw new ValueSyntaxError(`${part} stands alone, it is not one of several values`);
  switch (name) {
    case "range":
      return range(partsOf(inside), part);
    case "choice":
      return choice(partsOf(inside), part);
    case "glob":
      return glob(inside.trim(), names, part);
    default:
      return [parseValue(part)];
  }
}

/**
 * The values of a sweep: `a,b`, `range(start,stop[,step])` (stop excluded), `choice(a,b)`, `glob(*)`, in any mixture; alone
 * `zip(…)` of such a list, and `interval(low,high)`, `log(low,high)` and `int(low,high)`, which a sampler draws from.
 * @param names what `glob` looks at
 */
export function parseChoices(text: string, names: readonly string[] = []): Choices {
  const parts = splitTop(text);
  const [, word, inside = ""] = (parts.length === 1 && CALL.exec(text.trim())) || [];
  if (word !== undefined && Object.hasOwn(RANGES, word))
    return rangeOf(word, partsOf(inside), text.trim());
  if (word !== "zip") return { values: parts.flatMap((part) => expand(part, names)) };
  const values = partsOf(inside).flatMap((part) => expand(part, names));
  if (values.length === 0) throw new ValueSyntaxError(`${text.trim()} has no values`);
  return { values, zipped: true };
}
