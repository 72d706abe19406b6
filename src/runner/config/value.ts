/** A text that does not follow the grammar of values. */
export class ValueSyntaxError extends Error {
  override readonly name = "ValueSyntaxError";
}

/** An underscore stands between digits. */
const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/;
const WORDS: Readonly<Record<string, unknown>> = {
  null: null,
  "~": null,
  true: true,
  false: false,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  nan: NaN,
};

/** An unquoted word: null, true, false, a number (`1e-3`, `1_000`, `inf`, `nan`), else the string itself. */
export function parseScalar(word: string): unknown {
  const lower = word.toLowerCase();
  if (Object.hasOwn(WORDS, lower)) return WORDS[lower];
  return NUMBER.test(word) ? Number(word.replaceAll("_", "")) : word;
}

const CLOSING: Readonly<Record<string, string>> = { "[": "]", "{": "}", "(": ")" };

/** Index behind the closing quote of the string that starts at `at`. */
function endOfQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === text[at]) return i + 1;
  }
  throw new ValueSyntaxError(`the quote ${text[at] ?? ""} is not closed in ${text}`);
}

/** Index of the first of `stops` that is outside of quotes and brackets, or the length. */
function scan(text: string, from: number, stops: string): number {
  const open: string[] = [];
  for (let i = from; i < text.length; i += 1) {
    const c = text[i] ?? "";
    if (open.length === 0 && stops.includes(c)) return i;
    // A quote opens a string only where a value starts: in `it's` it is a letter.
    if ((c === '"' || c === "'") && /(?:^|[[{(,:=\s])$/.test(text.slice(from, i)))
      i = endOfQuote(text, i) - 1;
    else if (CLOSING[c] !== undefined) open.push(CLOSING[c]);
    else if (open.length > 0 && c === open.at(-1)) open.pop();
  }
  if (open.length > 0) throw new ValueSyntaxError(`"${open.at(-1) ?? ""}" is missing in ${text}`);
  return text.length;
}

/** Splits at commas that are outside of quotes and brackets. */
export function splitTop(text: string): string[] {
  const parts: string[] = [];
  for (let from = 0; ;) {
    const end = scan(text, from, ",");
    parts.push(text.slice(from, end).trim());
    if (end >= text.length) return parts;
    from = end + 1;
  }
}

const items = (inside: string): string[] => (inside.trim() === "" ? [] : splitTop(inside));

/** Text between a bracket at the start and its partner at the very end, else undefined. */
function within(text: string, open: string): string | undefined {
  if (!text.startsWith(open)) return undefined;
  const close = CLOSING[open] ?? "";
  const end = scan(text, 1, close);
  if (end !== text.length - 1)
    throw new ValueSyntaxError(
      end === text.length
        ? `"${close}" is missing in ${text}`
        : `"${text.slice(end + 1)}" stands behind the closing "${close}" in ${text}`,
    );
  return text.slice(1, -1);
}

function parseEntry(entry: string): [string, unknown] {
  const colon = scan(entry, 0, ":");
  if (colon === entry.length)
    throw new ValueSyntaxError(`expected "key: value" in a map, got "${entry}"`);
  return [String(parseValue(entry.slice(0, colon))), parseValue(entry.slice(colon + 1))];
}

/**
 * One value: null, a boolean, a number, a quoted string, `[a,b]`, `{a: 1}`, or a word. Interpolations `${x.y}` stay
 * strings.
 */
export function parseValue(raw: string): unknown {
  const text = raw.trim();
  const list = within(text, "[");
  if (list !== undefined) return items(list).map(parseValue);
  const map = within(text, "{");
  if (map !== undefined) return Object.fromEntries(items(map).map(parseEntry));
  if (text.startsWith('"') || text.startsWith("'")) {
    const end = endOfQuote(text, 0);
    if (end !== text.length)
      throw new ValueSyntaxError(`"${text.slice(end)}" stands behind the closing quote in ${text}`);
    return text.slice(1, -1).replace(/\\(.)/g, "$1");
  }
  return parseScalar(text);
}
