import { axisNames, axisValue } from "../report/observation.ts";
import type { RunRecord } from "../record.ts";
import { unknownName, UnknownName } from "../registry.ts";
import { canonical } from "../runner/config/config-hash.ts";
import { parseChoices } from "../runner/config/choices.ts";
import { messageOf, UserError } from "../runner/user-error.ts";

/** A key of the configuration, or an axis of tables, and the values that a run may have there. */
export interface Condition {
  readonly key: string;
  readonly values: readonly unknown[];
}

/**
 * Reads `key=value`, with the values of a configuration: `data.dim=8`, `family=glow,real-nvp`, `family.hidden=[64,64]`. Of one
 * key that is given twice either value will do.
 */
export function parseConditions(texts: readonly string[]): readonly Condition[] {
  const conditions = new Map<string, Condition>();
  for (const text of texts) {
    const [, key, value] = /^([^=\s]+)=([\s\S]*)$/.exec(text) ?? [];
    if (key === undefined || value === undefined)
      throw new UserError(`--where ${text}: expected key=value, as in --where data.dim=8.`);
    try {
      const { values: given, at } = parseChoices(value);
      if (at !== undefined) throw new Error("expected values, got a range");
      conditions.set(key, { key, values: [...(conditions.get(key)?.values ?? []), ...given] });
    } catch (error) {
      throw new UserError(`--where ${text}: ${messageOf(error)}.`, { cause: error });
    }
  }
  return [...conditions.values()];
}

/**
 * Checks that axes are known to some of the records.
 *
 * @throws UnknownName
 */
export function assertAxes(option: string, axes: readonly string[], records: readonly RunRecord[]) {
  const known = axisNames(records);
  for (const axis of axes)
    if (!known.includes(axis))
      throw new UnknownName(`${option}: ${unknownName("key", axis, known)}`);
}

/** The texts of a value by which a user may mean it: a family called "8" is not the number. */
const isMeant = (found: unknown, wanted: unknown): boolean =>
  canonical(found ?? null) === canonical(wanted) ||
  (typeof found === "string" && found === String(wanted));

/** Which of the records meet all conditions, in their order. */
export const meets = (record: RunRecord, conditions: readonly Condition[]): boolean =>
  conditions.every(({ key, values }) =>
    values.some((value) => isMeant(axisValue(record, key), value)),
  );
