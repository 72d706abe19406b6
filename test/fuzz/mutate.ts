import type { Rng } from "../../src/math/rng.ts";

/** Inputs of the fuzz tests in the suite, by what they are. */
export const INPUTS = {
  "lists of overrides": 120,
  "files of experiments": 60,
  "files of rows": 120,
  "files of random bytes": 30,
} as const;

/** How many of them there are now: `FLOWMETER_FUZZ` times as many where that is set. */
export const tries = (what: keyof typeof INPUTS): number =>
  INPUTS[what] * Number(process.env["FLOWMETER_FUZZ"] ?? "1");

export const pick = <T>(items: readonly T[], rng: Rng): T => {
  const item = items[rng.integers(1, items.length)[0] ?? 0];
  if (item === undefined) throw new Error("pick: nothing to pick from.");
  return item;
};

/** A whole number from 0 to below `count`. */
export const below = (count: number, rng: Rng): number => rng.integers(1, count)[0] ?? 0;

/** What a slip of the hand, a wrong editor or malice puts into a text. */
const PIECES: readonly string[] = [
  ...[
    "",
    " ",
    ",",
    "=",
    ".",
    "..",
    ":",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    '"',
    "'",
    "\\",
    "#",
    "~",
    "+",
    "++",
    "*",
  ],
  ...[
    "\n",
    "\t",
    "\u0000",
    "\u202e",
    "\ufeff",
    "é",
    "🎲",
    "null",
    "true",
    "nan",
    "-inf",
    "1e999",
    "0x10",
    "1_0",
  ],
  ...[
    "${",
    "${seed}",
    "${env.HOME}",
    "${1/0}",
    "${a.b}",
    "&a",
    "*a",
    "!!js/function",
    "!!binary",
    "---",
    "- ",
  ],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "../../etc/passwd",
    "/dev/zero",
    "%s",
    "<script>",
    "range(1,",
    "zip(",
  ],
];

/** The text with some places changed: a piece put in, a part taken out, doubled or moved. */
export function mutate(text: string, rng: Rng): string {
  let changed = text;
  const changes = 1 + below(4, rng);
  for (let i = 0; i < changes; i++) {
    const [a, b] = [below(changed.length + 1, rng), below(changed.length + 1, rng)];
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    const part = changed.slice(from, Math.min(to, from + 12));
    const rest = changed.slice(from + part.length);
    changed = pick(
      [
        changed.slice(0, from) + pick(PIECES, rng) + changed.slice(from),
        changed.slice(0, from) + rest,
        changed.slice(0, from) + part + part + rest,
        changed.slice(0, from) + pick(PIECES, rng) + rest,
      ],
      rng,
    );
  }
  return changed;
}

/** The same for bytes. */
export function mutateBytes(bytes: Uint8Array, rng: Rng): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const changes = 1 + below(6, rng);
  for (let i = 0; i < changes && changed.length > 0; i++)
    changed[below(changed.length, rng)] = below(256, rng);
  return below(3, rng) === 0 ? changed.subarray(0, below(changed.length + 1, rng)) : changed;
}

/**
 * What is wrong with an error as an answer to a user: nothing, if it is of a kind that the command line shows without a stack, says
 * something, and shows no value that was not written for people.
 */
export function faultOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const kinds = [
    "ConfigError",
    "UserError",
    "DataError",
    "ModelError",
    "EngineError",
    "StoreError",
  ];
  if (!kinds.includes(error.name)) return `${error.name}: ${error.stack ?? error.message}`;
  const { message } = error;
  if (message.trim() === "") return `${error.name} without a message`;
  if (/\[object |\bundefined\b|node:internal|\n\s+at /.test(message))
    return `${error.name} says: ${message}`;
  return undefined;
}
