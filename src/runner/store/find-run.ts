import { nearest } from "../../registry.ts";
import { UserError } from "../user-error.ts";
import type { Located, Place } from "./locate.ts";

const LISTED = 8;

const list = (places: readonly Place[]): string =>
  [
    ...places.slice(0, LISTED).map(({ runId }) => runId),
    ...(places.length > LISTED ? [`… ${places.length - LISTED} more`] : []),
  ].join(", ");

/**
 * The run of a sweep that a word stands for: its name, the beginning of its name where only one begins so, or its number in
 * the sweep, counted from 1.
 *
 * @throws UserError with the runs that may have been meant
 */
export function findRun({ folder, places }: Located, word: string): Place {
  const exact = places.find(({ runId }) => runId === word);
  if (exact !== undefined) return exact;
  if (/^\d+$/.test(word)) {
    const numbered = places[Number(word) - 1];
    if (numbered !== undefined) return numbered;
    throw new UserError(`${folder}: expected a number from 1 to ${places.length}, got ${word}.`);
  }
  const begun = word === "" ? [] : places.filter(({ runId }) => runId.startsWith(word));
  const [only] = begun;
  if (only !== undefined && begun.length === 1) return only;
  if (begun.length > 1)
    throw new UserError(
      `${folder}: ${begun.length} runs begin with "${word}": ${list(begun)}; give more of the name.`,
    );
  // A slip in the beginning of a name is a slip all the same.
  const guess = nearest(word, [...new Set(places.map(({ runId }) => runId.slice(0, word.length)))]);
  const meant = guess === undefined ? [] : places.filter(({ runId }) => runId.startsWith(guess));
  throw new UserError(
    `${folder} has no run "${word}".${guess === undefined ? "" : ` Did you mean ${list(meant)}?`} Give a name${meant.length > 0 ? "" : ` (${list(places)})`}, its beginning, or a number from 1 to ${places.length}.`,
  );
}
