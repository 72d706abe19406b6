import { parseChoices } from "./choices.ts";
import { rebasePlugins } from "../plugins/resolve-plugin.ts";
import { messageOf } from "../user-error.ts";
import type { Origin, Problem } from "./problem.ts";
import { axisOf, type Axis, type Setting } from "./setting.ts";

export interface Overrides {
  /** The experiment that was chosen, if one was. */
  readonly experiment?: { readonly name: string; readonly origin: Origin };
  readonly settings: readonly Setting[];
  /** Keys with more than one value, in the order of the command line. */
  readonly axes: readonly Axis[];
  readonly problems: readonly Problem[];
}

const FORM = /^(\+\+|\+|~)?([A-Za-z_][\w-]*(?:\.[\w-]+)*)(?:=([\s\S]*))?$/;
const OPS = { "": "set", "+": "add", "++": "force", "~": "delete" } as const;

/**
 * Reads the overrides of a command line: `a.b=v`, `+a.b=v`, `++a.b=v`, `~a.b`, `family=glow`, and lists of values.
 * @param names what `glob(*)` looks at, by group
 */
export function parseOverrides(
  texts: readonly string[],
  names: (group: string) => readonly string[] = () => [],
): Overrides {
  const problems: Problem[] = [];
  const settings: Setting[] = [];
  const axes: Axis[] = [];
  let experiment: Overrides["experiment"];
  texts.forEach((text, i) => {
    const origin: Origin = { kind: "override", index: i + 1, text };
    const [, sign = "", key, value] = FORM.exec(text) ?? [];
    const op = OPS[sign as keyof typeof OPS];
    if (key === undefined || (value === undefined) !== (op === "delete")) {
      problems.push({
        origin,
        message: "expected key=value, +key=value, ++key=value or ~key, as in family.layers=8.",
      });
      return;
    }
    const path = key.split(".");
    try {
      const choices = value === undefined ? { values: [null] } : parseChoices(value, names(key));
      const { values } = choices;
      if (key === "experiment") experiment = { name: String(values[0]), origin };
      // Names of plugins with commas between them are one list, not a sweep.
      else if (key === "plugins" && op !== "delete")
        settings.push({ path, op, value: rebasePlugins(values.flat(), process.cwd()), origin });
      else {
        const axis = axisOf({ path, op, origin }, choices);
        if (axis.points.length === 1 && !axis.zipped) settings.push(...axis.points.flat());
        else axes.push(axis);
      }
    } catch (error) {
      problems.push({ origin, message: `${messageOf(error)}.` });
    }
  });
  return { ...(experiment && { experiment }), settings, axes, problems };
}
