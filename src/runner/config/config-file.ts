import { readFileSync } from "node:fs";
import { isMap as isYamlMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node, Pair } from "yaml";
import { messageOf } from "../user-error.ts";
import { parseChoices, type Choices } from "./choices.ts";
import type { Origin, Problem } from "./problem.ts";
import { axisOf, isGroup, normalise, type Axis, type Setting } from "./setting.ts";
import { parseScalar } from "./value.ts";

/** What a YAML file of `experiments/` says. */
export interface ConfigFile {
  readonly description: string;
  /** How long an experiment takes, in words; "" where it does not say so. */
  readonly time: string;
  /** Other files whose settings come first: `training/fast`, `base`. */
  readonly defaults: readonly { readonly name: string; readonly origin: Origin }[];
  readonly settings: readonly Setting[];
  readonly axes: readonly Axis[];
  readonly problems: readonly Problem[];
}

/** The value of a node; plain words are read by the grammar of overrides, so that 1_000 and inf mean the same. */
function toValue(node: unknown, document: Document): unknown {
  if (isScalar(node))
    return node.type === "PLAIN" ? parseScalar(node.source ?? String(node.value)) : node.value;
  if (isSeq(node)) return node.items.map((item) => toValue(item, document));
  if (isYamlMap(node))
    return Object.fromEntries(
      node.items.map((pair) => [
        String(toValue(pair.key, document)),
        toValue(pair.value, document),
      ]),
    );
  return node === null || node === undefined ? null : (node as Node).toJS(document);
}

interface Reader {
  readonly document: Document;
  at(node: unknown): Origin;
  complain(node: unknown, message: string): void;
}

const pairsOf = (node: unknown): readonly Pair[] => (isYamlMap(node) ? node.items : []);
const keyText = (pair: Pair): string =>
  String(isScalar(pair.key) ? (pair.key.source ?? pair.key.value) : pair.key);

/** The settings below a pair: one for each option of a group. */
function settingsOf(pair: Pair, prefix: readonly string[], reader: Reader): readonly Setting[] {
  const path = [...prefix, ...keyText(pair).split(".")];
  if (path.length === 1 && isYamlMap(pair.value))
    return pairsOf(pair.value).flatMap((inner) => settingsOf(inner, path, reader));
  const value = toValue(pair.value, reader.document);
  return normalise({ path, op: "force", value, origin: reader.at(pair.key) });
}

/** `sweep:` block: for each key a list, or the text of a sweep ("a,b", "range(0,5)"). */
function sweptOf(pair: Pair, prefix: readonly string[], reader: Reader): Axis {
  const path = [...prefix, ...keyText(pair).split(".")];
  const origin = reader.at(pair.key);
  const given = toValue(pair.value, reader.document);
  let choices: Choices = { values: [] };
  try {
    choices =
      typeof given === "string"
        ? parseChoices(given)
        : { values: Array.isArray(given) ? given : [given] };
  } catch (error) {
    reader.complain(pair.key, `${messageOf(error)}.`);
  }
  return axisOf({ path, op: "force", origin }, choices);
}

/** `runs:` list: each entry a map of keys, one point of the sweep. */
function runsOf(node: unknown, reader: Reader): readonly Axis[] {
  if (!isSeq(node)) {
    reader.complain(node, 'expected "runs" to be a list of maps.');
    return [];
  }
  return [
    {
      points: node.items.map((entry) =>
        pairsOf(entry).flatMap((pair) => settingsOf(pair, [], reader)),
      ),
    },
  ];
}

const strings = (node: unknown, reader: Reader): ConfigFile["defaults"] =>
  (isSeq(node) ? node.items : [node]).map((item) => ({
    name: String(toValue(item, reader.document)),
    origin: reader.at(item),
  }));

/**
 * Parses a file. In the file of a group entry (`experiments/family/glow.yaml`) the keys are options of that group,
 * and the names of other groups stand for themselves.
 *
 * @param shown how the file is named in messages
 * @param group set for the file of a group entry
 */
function parseConfigFile(text: string, shown: string, group?: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = document.errors.map((error) => ({
    origin: { kind: "file", file: shown, line: lines.linePos(error.pos[0]).line },
    message: `${error.message.replace(/\.$/, "")}.`,
  }));
  const at = (node: unknown): Origin => ({
    kind: "file",
    file: shown,
    line: lines.linePos((node as Node | null)?.range?.[0] ?? 0).line,
  });
  const reader: Reader = {
    document,
    at,
    complain: (node, message) => problems.push({ origin: at(node), message }),
  };
  const found = {
    ...{ description: "", time: "" },
    defaults: [] as ConfigFile["defaults"],
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
    if (key === "defaults") found.defaults = strings(pair.value, reader);
    else if (key === "sweep")
      found.axes.push(...pairsOf(pair.value).map((p) => sweptOf(p, prefixOf(keyText(p)), reader)));
    else if (key === "runs") found.axes.push(...runsOf(pair.value, reader));
    else if (key === "description") found.description = String(toValue(pair.value, document));
    // In the file of a group it would be an option.
    else if (key === "time" && group === undefined)
      found.time = String(toValue(pair.value, document));
    else found.settings.push(...settingsOf(pair, prefixOf(key), reader));
  };
  for (const pair of problems.length > 0 ? [] : pairsOf(document.contents))
    try {
      take(pair);
    } catch (error) {
      // Aliases that stand for too much, or for nothing.
      reader.complain(pair.key, `${messageOf(error)}; write the values out.`);
    }
  return { ...found, problems };
}

/** Reads and parses a file; throws as `readFileSync` does. */
export const readConfigFile = (path: string, shown: string, group?: string): ConfigFile =>
  parseConfigFile(readFileSync(path, "utf8"), shown, group);
