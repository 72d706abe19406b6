/**
 * Builders by the word that an option uses. Plugins may add to a table, so its words are read when a value is checked,
 * not when the option is made.
 */
export interface WordTable<T> {
  /** What the words name, in the singular: "mixing". */
  readonly kind: string;
  /** Grows with the table. */
  readonly words: readonly string[];
  /** Throws on a word that is not there. */
  get(word: string): T;
  /**
   * Adds a word; the same owner may add it again, in another form.
   *
   * @returns the owner that has the word already, if another one has, and nothing is added
   */
  add(word: string, thing: T, owner: string): string | undefined;
}

/** A table that starts with the built-in builders, whose owner is "Flowmeter itself". */
export function wordTable<T>(kind: string, builtIn: Readonly<Record<string, T>>): WordTable<T> {
  const entries = new Map(
    Object.entries(builtIn).map(([word, thing]) => [word, { thing, owner: "Flowmeter itself" }]),
  );
  const words = [...entries.keys()];
  return {
    kind,
    words,
    get(word) {
      const entry = entries.get(word);
      if (entry === undefined)
        throw new Error(`unknown ${kind} "${word}"; known: ${words.join(", ")}.`);
      return entry.thing;
    },
    add(word, thing, owner) {
      const before = entries.get(word)?.owner;
      if (before !== undefined && before !== owner) return before;
      if (before === undefined) words.push(word);
      entries.set(word, { thing, owner });
      return undefined;
    },
  };
}
