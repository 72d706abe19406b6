import { didYouMean } from "../../registry.ts";
import type { Catalogue } from "../catalogue.ts";
import { show } from "./problem.ts";
import { isGroup, isNamed, ROOT_KEYS, GROUPS, type Setting } from "./setting.ts";

/** Which families and data sets a key may belong to. */
export interface Scope {
  readonly families: readonly string[];
  readonly datasets: readonly string[];
}

/** A group without names is given options, or one of its files; anything else would be passed over. */
function wrongSection({ path: [group = ""], op, value }: Setting): string | undefined {
  if (isNamed(group) || op === "delete" || (typeof value === "string" && value !== ""))
    return undefined;
  return `${group}: expected a map of keys, such as ${group}.NAME, or the name of a file in experiments/${group}, got ${show(value)}.`;
}

/** Undefined if the key exists for one of the scope, else what is wrong. */
export function unknownKey(
  setting: Setting,
  scope: Scope,
  catalogue: Catalogue,
): string | undefined {
  const [group = "", option] = setting.path;
  if (!isGroup(group)) {
    const roots: readonly string[] = [...GROUPS, ...ROOT_KEYS];
    if (roots.includes(group)) return undefined;
    return `unknown key "${group}".${didYouMean(group, roots)} Known: ${roots.join(", ")}.`;
  }
  if (option === undefined || option === "name") return wrongSection(setting);
  const { families, datasets } = scope;
  const [kind, members, options] =
    group === "family"
      ? ["family", families, families.map((f) => catalogue.families.get(f).options)]
      : group === "data"
        ? [
            "data set",
            datasets,
            [catalogue.data, ...datasets.map((d) => catalogue.datasets.get(d).options)],
          ]
        : ["", [group], [catalogue[group]]];
  const known = [...new Set(options.flatMap((o) => Object.keys(o)))];
  if (known.includes(option)) return undefined;
  const place = `${kind} ${members.map((m) => `"${m}"`).join(", ")}`.trim();
  const list = known.length > 0 ? `Known: ${known.join(", ")}.` : "It has no options.";
  return `unknown key "${option}" in ${place}.${didYouMean(option, known)} ${list}`;
}
