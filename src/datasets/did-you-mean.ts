import { closest, distance } from "fastest-levenshtein";

/** ` Did you mean "hidden"? Known: …`, without the question where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = known.length > 0 ? closest(word, [...known]) : undefined;
  // Of a word of one letter any other is as near.
  const most = Math.min(Math.max(2, word.length / 3), word.length - 1);
  const slip = near !== undefined && distance(word, near) <= most;
  const listed =
    known.length <= 20 ? known : [...known.slice(0, 18), `… ${known.length - 18} more`];
  return `${slip ? ` Did you mean "${near}"?` : ""} Known: ${listed.join(", ")}.`;
}
