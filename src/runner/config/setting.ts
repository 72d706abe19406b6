import type { Choices } from "./choices.ts";
import type { Origin } from "./problem.ts";

/**
 * One assignment. `set` changes a key that exists, `add` one that does not, `force` either, `delete` goes back to
 * the default.
 */
export interface Setting {
  /** ["family", "layers"]; deeper paths lie inside a value that is a map. */
  readonly path: readonly string[];
  readonly op: "set" | "add" | "force" | "delete";
  readonly value: unknown;
  readonly origin: Origin;
  /** The range that a sampler has drawn the value from, as it is written. */
  readonly drawnFrom?: string;
}

/** One dimension of a sweep: at each point some keys have values. */
export interface Axis {
  readonly points: readonly (readonly Setting[])[];
  /** Goes along with the other zipped axes. */
  readonly zipped?: true;
  /** Instead of points, a range: what a share u of [0, 1) stands for. */
  readonly at?: (u: number) => readonly Setting[];
}

/** The axis of one key with these choices. */
export const axisOf = (
  setting: Omit<Setting, "value">,
  { values, zipped, at, range }: Choices,
): Axis => ({
  points: values.map((value) => normalise({ ...setting, value })),
  ...(zipped && { zipped }),
  ...(at && {
    at: (u: number) => normalise({ ...setting, value: at(u), ...(range && { drawnFrom: range }) }),
  }),
});

/** Groups of keys; the choice of a group, `family=glow`, names its entry. */
export const GROUPS = ["family", "data", "training", "evaluation", "engine"] as const;
export type Group = (typeof GROUPS)[number];
export const isGroup = (word: string | undefined): word is Group =>
  GROUPS.some((group) => group === word);

/** Groups of which one entry is chosen by name. */
const NAMED = ["family", "data", "engine"] as const;
export type NamedGroup = (typeof NAMED)[number];
export const isNamed = (group: string): group is NamedGroup =>
  NAMED.some((named) => named === group);

/** Keys outside of groups. */
export const ROOT_KEYS = ["seed", "plugins"] as const;

/** `family.layers`, for messages. */
export const keyOf = (setting: Pick<Setting, "path">): string => setting.path.join(".");

export const isMap = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/** The key a setting decides about: two parts within a group, one elsewhere. */
export const ownerOf = (path: readonly string[]): string =>
  path.slice(0, isGroup(path[0]) ? 2 : 1).join(".");

/**
 * Brings `family: x` and `family: { name: x, layers: 4 }` into the form of one setting per option.
 * A word given to a group without names, `training=fast`, keeps its path: it chooses a file.
 */
export function normalise(setting: Setting): readonly Setting[] {
  const { path, value, op } = setting;
  if (path.length !== 1 || !isGroup(path[0]) || op === "delete") return [setting];
  if (isMap(value))
    return Object.entries(value).map(([key, v]) => ({
      ...setting,
      path: [...path, key],
      value: v,
    }));
  return isNamed(path[0]) ? [{ ...setting, path: [...path, "name"] }] : [setting];
}
