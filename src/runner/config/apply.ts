import { describeOrigin, show, type Problem } from "./problem.ts";
import type { Setted } from "./schema.ts";
import { isMap, keyOf, ownerOf, type Setting } from "./setting.ts";

/** The value with the part below `path` replaced; undefined removes it. Maps on the way are copied, not changed. */
function put(target: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return isMap(target) && isMap(value) ? { ...target, ...value } : value;
  const map = isMap(target) ? target : {};
  const next = put(map[head], rest, value);
  return Object.fromEntries(
    [...Object.entries(map).filter(([key]) => key !== head), [head, next]].filter(
      ([, v]) => v !== undefined,
    ) as [string, unknown][],
  );
}

const at = (target: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), target);

/**
 * Applies settings in order, the later over the earlier: lists replace, maps merge.
 *
 * @param defaultOf the value of a key that nothing has set, for settings inside it
 */
export function applySettings(
  settings: readonly Setting[],
  defaultOf: (key: string) => unknown,
): { readonly values: Map<string, Setted>; readonly problems: readonly Problem[] } {
  const values = new Map<string, Setted>();
  const problems: Problem[] = [];
  const applyOne = (setting: Setting): string | undefined => {
    const { path, op, value, origin, drawnFrom } = setting;
    const key = ownerOf(path);
    const inner = path.slice(key.split(".").length);
    const held = values.get(key);
    const current = held === undefined ? defaultOf(key) : held.value;
    const exists = inner.length === 0 ? held !== undefined : at(current, inner) !== undefined;
    if (op === "add" && exists)
      return `${keyOf(setting)} is set already (${held === undefined ? "default" : describeOrigin(held.origin)}); leave out the "+" to change it, or write "++".`;
    const isPlain = current !== undefined && current !== null && !isMap(current);
    if (op === "set" && inner.length > 0 && isPlain)
      return `${key} is ${show(current)}, which has no "${inner.join(".")}" inside; write ${key}=… to replace it.`;
    if (op === "set" && inner.length > 0 && !exists)
      return `${key} has no "${inner.join(".")}" to change; write +${keyOf(setting)}=… to add it.`;
    if (op === "delete") {
      const keys = [...values.keys()].filter((k) => k === key || k.startsWith(`${key}.`));
      if (inner.length > 0 ? !exists : keys.length === 0)
        return `nothing but the default is set for ${keyOf(setting)}, so there is nothing to delete; leave it out.`;
      if (inner.length > 0) values.set(key, { value: put(current, inner, undefined), origin });
      else for (const k of keys) values.delete(k);
      return undefined;
    }
    const next = put(current, inner, value);
    values.set(key, { value: next, origin, ...(drawnFrom !== undefined && { drawnFrom }) });
    return undefined;
  };
  for (const setting of settings) {
    const message = applyOne(setting);
    if (message !== undefined) problems.push({ origin: setting.origin, message });
  }
  return { values, problems };
}
