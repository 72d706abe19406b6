import { parseChoices, type Choices, type Names } from "./choices.ts";
import { rebasePlugins } from "../plugins/resolve-plugin.ts";
import { messageOf } from "../user-error.ts";
import { describeOrigin, type Origin, type Problem } from "./problem.ts";
import { settingsOn } from "./sampler.ts";
import { axisOf, keyOf, type Axis, type Setting } from "./setting.ts";
import { ValueSyntaxError } from "./value.ts";

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

/** Axes of which a later setting says all: of the same keys, or of keys inside its value. */
function replacedBy(axis: Axis, op: Setting["op"], axes: readonly Axis[]): readonly Axis[] {
  const keys = settingsOn(axis).map(keyOf);
  // `family=glow` says nothing of family.layers, `~training` all of training.
  const reaches = (key: string) => key.includes(".") || op === "delete";
  const isSaid = (setting: Setting): boolean =>
    keys.some(
      (key) => keyOf(setting) === key || (reaches(key) && keyOf(setting).startsWith(`${key}.`)),
    );
  return axes.filter((old) => settingsOn(old).length > 0 && settingsOn(old).every(isSaid));
}

/** Reads the name of an experiment; throws where it is not one name. */
function experimentOf(
  { values }: Choices,
  op: Setting["op"],
  before: Overrides["experiment"],
): string {
  const [name] = values;
  if (op === "delete" || values.length !== 1 || typeof name !== "string")
    throw new ValueSyntaxError(
      "expected the name of one experiment, as in experiment=toy-2d; for several write a file that names them as its defaults",
    );
  if (before !== undefined)
    throw new ValueSyntaxError(
      `${describeOrigin(before.origin)} names an experiment already; leave one out, or write a file that names both as its defaults`,
    );
  return name;
}

/**
 * Reads the overrides of a command line: `a.b=v`, `+a.b=v`, `++a.b=v`, `~a.b`, `family=glow`, and lists of values. Of a key that
 * is given twice the later counts, be it a value or a list of them.
 */
export function parseOverrides(texts: readonly string[], names: Names = () => []): Overrides {
  const problems: Problem[] = [];
  const settings: Setting[] = [];
  let axes: readonly Axis[] = [];
  let experiment: Overrides["experiment"];
  const take = (origin: Origin, op: Setting["op"], key: string, value?: string): void => {
    const path = key.split(".");
    const choices = value === undefined ? { values: [null] } : parseChoices(value, names(key));
    if (key === "experiment") {
      experiment = { name: experimentOf(choices, op, experiment), origin };
      return;
    }
    // Names of plugins with commas between them are one list, not a sweep.
    if (key === "plugins" && op !== "delete") {
      const value = rebasePlugins(choices.values.flat(), process.cwd());
      settings.push({ path, op, value, origin });
      return;
    }
    const axis = axisOf({ path, op, origin }, choices);
    const before = replacedBy(axis, op, axes);
    const [swept] = before.flatMap(settingsOn);
    if (swept !== undefined && (op === "delete" || op === "add"))
      throw new ValueSyntaxError(
        `${key} has several values already (${describeOrigin(swept.origin)}); leave one of the two out`,
      );
    axes = axes.filter((axis) => !before.includes(axis));
    if (axis.points.length === 1 && !axis.zipped) settings.push(...axis.points.flat());
    else axes = [...axes, axis];
  };
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
    try {
      take(origin, op, key, value);
    } catch (error) {
      problems.push({ origin, message: `${messageOf(error)}.` });
    }
  });
  return { ...(experiment && { experiment }), settings, axes, problems };
}
