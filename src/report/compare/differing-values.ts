import type { RunRecord } from "../../record.ts";
import { pluginDigests } from "../hash-names.ts";
import { flatConfig } from "./pair-entries.ts";

/** A key that two sides do not agree on. */
export interface DifferingValue {
  readonly key: string;
  /** Undefined where the side has no such key. */
  readonly a: unknown;
  readonly b: unknown;
  /** Where the value was written; undefined where that was not kept. */
  readonly originA?: string;
  readonly originB?: string;
}

/** Where the value of a key of a run was written; undefined where that is unknown. */
export type OriginOf = (record: RunRecord, key: string) => string | undefined;

/** What made a number beside its configuration. */
const SURROUNDINGS = ["version", "commit", "engine", "device", "node"] as const;

/** What enters the hash beside the keys; the hash itself where its difference is not explained by anything that is known. */
function hashRows(a: RunRecord, b: RunRecord, isExplained: boolean): readonly DifferingValue[] {
  if (a.configHash === b.configHash) return [];
  const [left, right] = [pluginDigests(a), pluginDigests(b)];
  if (JSON.stringify(left) !== JSON.stringify(right))
    return [{ key: "provenance.plugins", a: left, b: right }];
  return isExplained ? [] : [{ key: "configHash", a: a.configHash, b: b.configHash }];
}

/** Keys of the configuration, and then of what surrounded the runs, in which two runs differ. */
export function differingValues(
  a: RunRecord,
  b: RunRecord,
  origin: OriginOf,
): readonly DifferingValue[] {
  const [left, right] = [flatConfig(a), flatConfig(b)];
  const differ = (x: unknown, y: unknown): boolean => JSON.stringify(x) !== JSON.stringify(y);
  const config = [...new Set([...left.keys(), ...right.keys()])]
    .map((key) => ({ key, a: left.get(key), b: right.get(key) }))
    .filter((row) => differ(row.a, row.b))
    .map((row) => {
      const [originA, originB] = [origin(a, row.key), origin(b, row.key)];
      return {
        ...row,
        ...(originA !== undefined && row.a !== undefined && { originA }),
        ...(originB !== undefined && row.b !== undefined && { originB }),
      };
    });
  const surroundings = SURROUNDINGS.map((key) => ({
    ...{ key: `provenance.${key}`, a: a.provenance[key], b: b.provenance[key] },
  })).filter((row) => differ(row.a, row.b));
  const isExplained =
    config.length > 0 || surroundings.some(({ key }) => key === "provenance.version");
  return [...config, ...hashRows(a, b, isExplained), ...surroundings];
}
