import { parseValue, splitTop, ValueSyntaxError } from "./value.ts";

const asNumber = (text: string, call: string): number => {
  const value = parseValue(text);
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ValueSyntaxError(`expected finite numbers in ${call}, got "${text}"`);
  return value;
};

/** start, start + step, … before stop. */
function range(args: readonly string[], call: string): number[] {
  if (args.length < 1 || args.length > 3)
    throw new ValueSyntaxError(`expected range(start,stop[,step]), got ${call}`);
  const numbers = args.map((a) => asNumber(a, call));
  const [start = 0, stop = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
  const count = Math.ceil((stop - start) / step - 1e-9);
  if (step === 0 || count < 1 || count > 1e6)
    throw new ValueSyntaxError(`${call} gives no values, or too many`);
  return Array.from({ length: count }, (_, i) => start + i * step);
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

/** The values that one part of a sweep stands for: `range(…)`, `choice(…)`, `glob(…)`, or a plain value. */
function expand(part: string, names: readonly string[]): readonly unknown[] {
  const [, name, inside = ""] = /^([a-z]+)\((.*)\)$/.exec(part) ?? [];
  if (name === undefined) return [parseValue(part)];
  const args = inside.trim() === "" ? [] : splitTop(inside);
  switch (name) {
    case "range":
      return range(args, part);
    case "choice":
      return args.map(parseValue);
    case "glob":
      return glob(inside.trim(), names, part);
    case "interval":
    case "log":
      throw new ValueSyntaxError(`${part} needs a random sampler; list the values instead: a,b,c`);
    default:
      return [parseValue(part)];
  }
}

/**
 * The values of a sweep: `a,b`, `range(start,stop[,step])` (stop excluded), `choice(a,b)`, `glob(*)`, in any mixture.
 * @param names what `glob` looks at: the names of the group
 */
export const parseChoices = (text: string, names: readonly string[] = []): readonly unknown[] =>
  splitTop(text).flatMap((part) => expand(part, names));
