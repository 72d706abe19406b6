import { readFileSync } from "node:fs";
import { isMap as isYamlMap, LineCounter, parseDocument } from "yaml";
import type { Node, Pair } from "yaml";
import { messageOf } from "../user-error.ts";
import type { Names } from "./choices.ts";
import { defaultsOf, runsOf, settingsOf, sweepOf, type NamedFile } from "./file-settings.ts";
import type { Origin, Problem } from "./problem.ts";
import { isGroup, type Axis, type Setting } from "./setting.ts";
import { keyText, pairsOf, toValue, type Reader } from "./yaml-node.ts";

/** What a YAML file of `experiments/` says. */
export interface ConfigFile {
  readonly description: string;
  /** How long an experiment takes, in words; "" where it does not say so. */
  readonly time: string;
  readonly defaults: readonly NamedFile[];
  readonly settings: readonly Setting[];
  readonly axes: readonly Axis[];
  readonly problems: readonly Problem[];
}

/** What is wrong with the text itself: what yaml refuses, and tags, which it would pass over. */
function syntaxProblems(
  { errors, warnings }: ReturnType<typeof parseDocument>,
  place: (offset: number) => Origin,
): Problem[] {
  return [
    ...errors.map(({ code, message, pos }) => ({
      origin: place(pos[0]),
      message:
        code === "MULTIPLE_DOCS"
          ? "expected one document, got another one behind ---; leave the line out, or write a file for each."
          : `${message.replace(/\.$/, "")}.`,
    })),
    ...warnings.map(({ message, pos }) => ({
      origin: place(pos[0]),
      message: `${message.replace(/\.$/, "")}; a configuration holds plain values, leave the tag out.`,
    })),
  ];
}

/**
 * Parses a file. In the file of a group entry (`experiments/family/glow.yaml`) the keys are options of that group,
 * and the names of other groups stand for themselves.
 *
 * @param file as it is named in messages
 * @param group set for the file of a group entry
 * @param names what `glob` in a sweep looks at
 */
function parseConfigFile(text: string, file: string, names: Names, group?: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number): Origin => ({
    ...{ kind: "file", file, line: lines.linePos(offset).line },
  });
  const problems = syntaxProblems(document, place);
  const at = (node: unknown): Origin => place((node as Node | null)?.range?.[0] ?? 0);
  const reader: Reader = {
    ...{ document, names, at, merged: new Map() },
    complain: (node, message) => problems.push({ origin: at(node), message }),
  };
  const found = {
    ...{ description: "", time: "" },
    defaults: [] as ConfigFile["defaults"],
    chosen: [] as readonly Setting[],
    settings: [] as Setting[],
    axes: [] as Axis[],
  };
  if (document.contents !== null && !isYamlMap(document.contents))
    reader.complain(document.contents, "expected a map of keys.");
  // In the file of a group, keys belong to it, unless they are the name of another group.
  const prefixOf = (key: string): readonly string[] => {
    const [head = ""] = key.split(".");
    return group === undefined || (isGroup(head) && head !== group) ? [] : [group];
  };
  const take = (pair: Pair): void => {
    const key = keyText(pair);
    if (key === "defaults") {
      const { defaults, settings } = defaultsOf(pair.value, group, reader);
      found.defaults = defaults;
      found.chosen = settings;
    } else if (key === "sweep") found.axes.push(...sweepOf(pair, prefixOf, reader));
    else if (key === "runs") found.axes.push(...runsOf(pair, reader));
    else if (key === "description") found.description = String(toValue(pair.value, reader));
    // In the file of a group it would be an option.
    else if (key === "time" && group === undefined)
      found.time = String(toValue(pair.value, reader));
    else found.settings.push(...settingsOf(pair, prefixOf(key), reader));
  };
  for (const pair of problems.length > 0 ? [] : pairsOf(document.contents, reader))
    try {
      take(pair);
    } catch (error) {
      // Aliases that stand for too much, or for nothing.
      reader.complain(pair.key, `${messageOf(error)}; write the values out.`);
    }
  const { chosen, settings, ...rest } = found;
  return { ...rest, settings: [...chosen, ...settings], problems };
}

/** Reads and parses a file; throws as `readFileSync` does. See above for its arguments. */
export const readConfigFile = (
  path: string,
  shownAs: string,
  names: Names,
  group?: string,
): ConfigFile => parseConfigFile(readFileSync(path, "utf8"), shownAs, names, group);
