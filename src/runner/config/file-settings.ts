import { isSeq, type Pair } from "yaml";
import { messageOf } from "../user-error.ts";
import { parseChoices, type Choices } from "./choices.ts";
import type { Origin } from "./problem.ts";
import { axisOf, isGroup, normalise, type Axis, type Setting } from "./setting.ts";
import { isNothing, keyText, mapOf, pairsOf, shown, toValue, type Reader } from "./yaml-node.ts";

/** Another file whose settings come first: `training/fast`, `base`. */
export interface NamedFile {
  readonly name: string;
  readonly origin: Origin;
}

/** The settings below a pair: one for each option of a group. */
export function settingsOf(
  pair: Pair,
  prefix: readonly string[],
  reader: Reader,
): readonly Setting[] {
  const path = [...prefix, ...keyText(pair).split(".")];
  if (path.length === 1 && mapOf(pair.value, reader))
    return pairsOf(pair.value, reader).flatMap((inner) => settingsOf(inner, path, reader));
  // A section whose keys are all commented out says nothing.
  if (path.length === 1 && isGroup(path[0]) && isNothing(pair.value)) return [];
  const value = toValue(pair.value, reader);
  return normalise({ path, op: "force", value, origin: reader.at(pair.key) });
}

/** The values of a key of `sweep:`: a list, or the text of a sweep ("a,b", "range(0,5)"). */
function choicesOf(pair: Pair, key: string, reader: Reader): Choices {
  const given = toValue(pair.value, reader);
  try {
    if (typeof given === "string") return parseChoices(given, reader.names(key));
    const values: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (values.length === 0)
      reader.complain(pair.key, `sweep: expected at least one value of ${key}, got [].`);
    return { values };
  } catch (error) {
    reader.complain(pair.key, `${messageOf(error)}.`);
    return { values: [] };
  }
}

/** The axes below a pair of `sweep:`, one for each option of a group. */
function sweptOf(pair: Pair, prefix: readonly string[], reader: Reader): readonly Axis[] {
  const path = [...prefix, ...keyText(pair).split(".")];
  if (path.length === 1 && isGroup(path[0]) && mapOf(pair.value, reader))
    return pairsOf(pair.value, reader).flatMap((inner) => sweptOf(inner, path, reader));
  const choices = choicesOf(pair, path.join("."), reader);
  const origin = reader.at(pair.key);
  const isEmpty = choices.values.length === 0 && choices.at === undefined;
  return isEmpty ? [] : [axisOf({ path, op: "force", origin }, choices)];
}

/** `sweep:` block: for each key its values. */
export function sweepOf(
  { key, value }: Pair,
  prefixOf: (key: string) => readonly string[],
  reader: Reader,
): readonly Axis[] {
  // A block whose keys are all commented out says nothing.
  if (!isNothing(value) && mapOf(value, reader) === undefined)
    reader.complain(
      key,
      `expected "sweep" to be a map of keys, as in {family.layers: [2, 4]}, got ${shown(value, reader)}; combinations of your own are a list below "runs".`,
    );
  return pairsOf(value, reader).flatMap((pair) => sweptOf(pair, prefixOf(keyText(pair)), reader));
}

/** `runs:` list: each entry a map of keys, one point of the sweep. */
export function runsOf({ key, value }: Pair, reader: Reader): readonly Axis[] {
  const entries: readonly unknown[] = isSeq(value) ? value.items : [];
  if (entries.length === 0)
    reader.complain(
      key,
      `expected "runs" to be a list of at least one map, got ${isSeq(value) ? "[]" : shown(value, reader)}; write {} for a run with nothing of its own.`,
    );
  for (const entry of entries)
    if (mapOf(entry, reader) === undefined)
      reader.complain(
        entry ?? key,
        `runs: expected each entry to be a map, as in {family.layers: 2}, got ${shown(entry, reader)}; write {} for a run with nothing of its own.`,
      );
  if (entries.length === 0) return [];
  const points = entries.map((entry) =>
    pairsOf(entry, reader).flatMap((pair) => settingsOf(pair, [], reader)),
  );
  return [{ points }];
}

const expectedName = 'expected the name of a file, as in "base", "training/fast" or "family: glow"';

/**
 * `defaults:`: names of files. `- family: glow`, as Hydra has it, chooses that entry of the group; in a group's own file
 * it is the file of that name.
 */
export function defaultsOf(
  node: unknown,
  group: string | undefined,
  reader: Reader,
): { readonly defaults: readonly NamedFile[]; readonly settings: readonly Setting[] } {
  const defaults: NamedFile[] = [];
  const settings: Setting[] = [];
  for (const item of isSeq(node) ? node.items : [node]) {
    const origin = reader.at(item);
    const name = toValue(item, reader);
    if (name === "_self_")
      reader.complain(
        item,
        "_self_ is not needed: what a file says itself comes after its defaults and counts before them; leave it out.",
      );
    else if (typeof name === "string") defaults.push({ name, origin });
    else {
      const chosen = pairsOf(item, reader).map((pair) => [keyText(pair), pair] as const);
      for (const [key, pair] of chosen) {
        const value = toValue(pair.value, reader);
        if (!isGroup(key) || typeof value !== "string")
          reader.complain(
            pair.key,
            `defaults: ${expectedName}, got ${key}: ${shown(pair.value, reader)}.`,
          );
        else if (group === undefined) settings.push(...settingsOf(pair, [], reader));
        else defaults.push({ name: `${key}/${value}`, origin });
      }
      if (chosen.length === 0)
        reader.complain(item, `defaults: ${expectedName}, got ${shown(item, reader)}.`);
    }
  }
  return { defaults, settings };
}
