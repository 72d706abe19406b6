import { distance } from "fastest-levenshtein";

/** Named things of one kind, built in or plugged in. */
export interface Registry<T> {
  /** What the things are, in the singular: "family". */
  readonly kind: string;
  readonly names: readonly string[];
  readonly all: readonly T[];
  find(name: string): T | undefined;
  /** As find, but throws UnknownName. */
  get(name: string): T;
}

/** A name that no registry knows; the message lists those it does know. */
export class UnknownName extends Error {
  override readonly name = "UnknownName";
}

/** `test_nll` → test, nll; `data.dim` → data, dim. */
const partsOf = (name: string): readonly string[] => name.toLowerCase().split(/[-_. ]/);

/**
 * The known word that was probably meant: one that differs by a letter, or that has the given one among its parts, as `test_nll`
 * has `nll`; else the nearest, if it is near enough to be a slip of the keys; else the longest that is a part of the given one.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Of two that are as near, letters that changed places before letters that are missing: cdua is cuda, not cpu.
  const unlike = (candidate: string): number => Math.abs(candidate.length - word.length);
  const [best] = known
    .map((candidate) => ({ candidate, d: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.d - b.d || unlike(a.candidate) - unlike(b.candidate));
  if (best === undefined || best.d <= 1) return best?.candidate;
  const byLength = known.toSorted((a, b) => a.length - b.length);
  const whole = byLength.find((name) => partsOf(name).includes(word.toLowerCase()));
  if (whole !== undefined) return whole;
  if (best.d <= Math.max(2, Math.floor(word.length / 3))) return best.candidate;
  return byLength.findLast((name) => partsOf(word).includes(name.toLowerCase()));
}

/** ` Did you mean "hidden"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const guess = nearest(word, known);
  return guess === undefined ? "" : ` Did you mean "${guess}"?`;
}

/** Says that a name is unknown, what was probably meant, and what there is. */
export const unknownName = (kind: string, name: string, known: readonly string[]): string =>
  `unknown ${kind} "${name}".${didYouMean(name, known)} Known: ${known.join(", ")}.`;

/** Throws if two things carry one name. */
export function createRegistry<T extends { readonly name: string }>(
  kind: string,
  items: readonly T[],
): Registry<T> {
  const byName = new Map<string, T>();
  for (const item of items) {
    if (byName.has(item.name))
      throw new Error(`registry: two of kind ${kind} are named "${item.name}"; rename one.`);
    byName.set(item.name, item);
  }
  const names = [...byName.keys()];
  return {
    kind,
    names,
    all: [...byName.values()],
    find: (name) => byName.get(name),
    get(name) {
      const found = byName.get(name);
      if (found === undefined) throw new UnknownName(unknownName(kind, name, names));
      return found;
    },
  };
}
