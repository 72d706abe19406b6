import { isAlias, isMap as isYamlMap, isScalar, isSeq } from "yaml";
import type { Document, Node, Pair, YAMLMap } from "yaml";
import type { Names } from "./choices.ts";
import { show, type Origin } from "./problem.ts";
import { parseScalar } from "./value.ts";

/** What reading the nodes of a file takes. */
export interface Reader {
  readonly document: Document;
  readonly names: Names;
  at(node: unknown): Origin;
  complain(node: unknown, message: string): void;
  /** Pairs of maps that others are merged into, each found once. */
  readonly merged: Map<YAMLMap, readonly Pair[]>;
}

export const keyText = (pair: Pair): string =>
  String(isScalar(pair.key) ? (pair.key.source ?? pair.key.value) : pair.key);

/** `<<: *base`, the merge key of YAML 1.1. */
const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.type === "PLAIN" && key.source === "<<";

const resolved = (node: unknown, { document }: Reader): unknown =>
  isAlias(node) ? node.resolve(document) : node;

/** The map that a node is or stands for, if it is one. */
export function mapOf(node: unknown, reader: Reader): YAMLMap | undefined {
  const found = resolved(node, reader);
  return isYamlMap(found) ? found : undefined;
}

/** The keys of a map, first those that are merged into it and that it does not have itself; none of what is no map. */
export function pairsOf(node: unknown, reader: Reader): readonly Pair[] {
  const map = mapOf(node, reader);
  if (map === undefined) return [];
  if (!map.items.some(isMerge)) return map.items;
  const known = reader.merged.get(map);
  if (known !== undefined) return known;
  // Whoever is merged into itself meets nothing here.
  reader.merged.set(map, []);
  const own = map.items.filter((pair) => !isMerge(pair));
  const taken = new Set(own.map(keyText));
  const others = map.items.filter(isMerge).flatMap((pair) => sourcesOf(pair, reader));
  const inherited = others.filter((pair) => {
    const isNew = !taken.has(keyText(pair));
    taken.add(keyText(pair));
    return isNew;
  });
  const pairs = [...inherited, ...own];
  reader.merged.set(map, pairs);
  return pairs;
}

/** The pairs of what a merge key names: a map, or a list of maps of which the first that has a key counts. */
function sourcesOf({ key, value }: Pair, reader: Reader): readonly Pair[] {
  const named = resolved(value, reader);
  const nodes: readonly unknown[] = isSeq(named) ? named.items : [named];
  if (nodes.some((node) => mapOf(node, reader) === undefined))
    reader.complain(key, "expected << to name maps of this file, as in <<: *base.");
  return nodes.flatMap((node) => pairsOf(node, reader));
}

/** The value of a node; plain words are read by the grammar of overrides, so that 1_000 and inf mean the same. */
export function toValue(node: unknown, reader: Reader): unknown {
  if (isScalar(node))
    return node.type === "PLAIN" && node.tag === undefined
      ? parseScalar(node.source ?? String(node.value))
      : node.value;
  if (isSeq(node)) return node.items.map((item) => toValue(item, reader));
  if (isYamlMap(node))
    return Object.fromEntries(
      pairsOf(node, reader).map((pair) => [
        String(toValue(pair.key, reader)),
        toValue(pair.value, reader),
      ]),
    );
  return node === null || node === undefined ? null : (node as Node).toJS(reader.document);
}

export const isNothing = (node: unknown): boolean =>
  node === null || (isScalar(node) && node.value === null);

/** A node in messages: a text in quotes, a list or map by its kind. */
export function shown(node: unknown, reader: Reader): string {
  if (isSeq(node)) return "a list";
  if (mapOf(node, reader)) return "a map";
  return isNothing(node) ? "nothing" : show(toValue(node, reader));
}
