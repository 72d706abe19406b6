import type { Catalogue } from "../catalogue.ts";
import type { ConfigFile } from "./config-file.ts";
import { globNames } from "./glob-names.ts";
import { choose, groupFiles, namedBy, type Surroundings } from "./group-entry.ts";
import type { Scope } from "./known-keys.ts";
import { missing, type Library } from "./library.ts";
import type { Overrides } from "./override.ts";
import {
  combinations,
  countOf,
  MOST_RUNS,
  planOf,
  product,
  sweepsIn,
  type Plan,
  type Request,
} from "./plan.ts";
import type { Problem } from "./problem.ts";
import { isDrawn, nothingToDraw, settingsOn, withoutRanges } from "./sampler.ts";
import { keyOf, type Axis, type Setting } from "./setting.ts";

/** One run before its keys are checked: what was said about it, the later over the earlier. */
export interface Draft {
  readonly family: string;
  readonly data: string;
  /** From the files of the family, data set and other entries that were chosen; every key must exist. */
  readonly groupSettings: readonly Setting[];
  readonly settings: readonly Setting[];
}

/** All that a request says, be there a run of it or not. */
export interface Said extends Pick<Draft, "groupSettings" | "settings"> {
  /** The families and data sets that any of it names, those that are known. */
  readonly named: Scope;
  /** The same of the experiment's file alone; none where it leaves them to the command line. */
  readonly namedInFile: Scope;
}

/** What a family's own sweep adds to a combination: of a grid all its points, of a sampler the one of this draw. */
function ownPoints(
  axes: readonly Axis[],
  point: number,
  { drawn, draws }: Plan,
  problems: Problem[],
): { readonly crossed: readonly Axis[]; readonly settings: readonly Setting[] } {
  if (draws === undefined) return { crossed: withoutRanges(axes, problems), settings: [] };
  const own = axes.filter(isDrawn);
  return {
    crossed: axes.filter((axis) => !own.includes(axis)),
    settings: draws.settings(own, point, drawn.length),
  };
}

/** Collects drafts up to the most there may be. */
interface Collected {
  readonly drafts: Draft[];
  /** Of all entries that were chosen. */
  readonly files: Set<ConfigFile>;
  /** What families' own sweeps had to draw. */
  own: boolean;
  /** Counted before they are made. */
  count: number;
}

/** Adds the drafts of one combination of the file's and the command line's values. */
function addDrafts(
  settings: readonly Setting[],
  point: number,
  into: Collected,
  plan: Plan,
  around: Surroundings,
): void {
  const { problems } = around;
  const family = choose(settings, "family", around);
  const data = choose(settings, "data", around);
  const asked = settings.findLast((s) => ["engine", "engine.name"].includes(keyOf(s)));
  // Nobody has to choose an engine.
  const engine =
    asked === undefined || asked.op === "delete"
      ? { settings: [] }
      : choose(settings, "engine", around);
  const files = groupFiles(settings, around);
  for (const file of files) into.files.add(file);
  if (family === undefined || data === undefined || engine === undefined) return;
  const sweeps = sweepsIn(files, settings, plan, problems);
  into.own ||= sweeps.some(isDrawn);
  const own = ownPoints(sweeps, point, plan, problems);
  into.count += countOf([...own.crossed, ...plan.seeds]);
  if (into.count > MOST_RUNS) return;
  // A label of the user's own stands before the alias's.
  const isLabelled = settings.some((s) => keyOf(s) === "data.label");
  const fromFiles = [...files.flatMap((f) => f.settings), ...own.settings];
  const bases = [...family.settings, ...data.settings, ...engine.settings].filter(
    (s) => !isLabelled || keyOf(s) !== "data.label",
  );
  for (const crossed of product(own.crossed))
    for (const seed of product(plan.seeds)) {
      into.drafts.push({
        ...{ family: family.name, data: data.name },
        groupSettings: [...fromFiles, ...crossed],
        settings: [...settings, ...bases, ...seed],
      });
    }
}

const settingsIn = ({ settings, axes }: Pick<ConfigFile, "settings" | "axes">) => [
  ...settings,
  ...axes.flatMap(settingsOn),
];

/** All that the file of the experiment, the command line and the files of chosen entries say. */
function saidBy(
  file: ConfigFile | undefined,
  overrides: Overrides,
  entries: Iterable<ConfigFile>,
  around: Surroundings,
): Said {
  const inFile = file ? settingsIn(file) : [];
  const settings = [...inFile, ...settingsIn(overrides)];
  const scopeOf = (said: readonly Setting[]): Scope => ({
    families: namedBy(said, "family", around),
    datasets: namedBy(said, "data", around),
  });
  return {
    ...{ groupSettings: [...entries].flatMap(settingsIn), settings },
    ...{ named: scopeOf(settings), namedInFile: scopeOf(inFile) },
  };
}

/** Everything the request stands for, as a list of drafts; the last key varies fastest, seeds fastest of all. */
export function expandDrafts(
  request: Request,
  catalogue: Catalogue,
  library: Library,
): {
  readonly drafts: readonly Draft[];
  readonly said: Said;
  readonly problems: readonly Problem[];
} {
  const { overrides } = request;
  const { experiment } = overrides;
  const problems: Problem[] = [...overrides.problems];
  const names = globNames(overrides, catalogue, library);
  // A sweep asks for the same few files at every combination.
  const loaded = new Map<string, ConfigFile | undefined>();
  const load = (name: string): ConfigFile | undefined => {
    if (!loaded.has(name)) loaded.set(name, library.load(name, names));
    return loaded.get(name);
  };
  const file = experiment && load(experiment.name);
  if (experiment && file === undefined)
    problems.push({ origin: experiment.origin, message: missing(experiment.name, library.names) });
  problems.push(...(file?.problems ?? []), ...deletedChoices(overrides));
  const isIncomplete = experiment !== undefined && (file?.problems.length ?? 1) > 0;
  const around: Surroundings = { catalogue, library, load, problems, isIncomplete };
  const plan = planOf(request, file, around);
  const { draws } = plan;
  const found: Collected = { drafts: [], files: new Set(), own: false, count: 0 };
  const planned = countOf([...plan.file, ...plan.overrides, ...plan.seeds]) * (draws?.count ?? 1);
  if (planned <= MOST_RUNS)
    for (const { settings, point } of combinations(file?.settings ?? [], request, plan)) {
      addDrafts(settings, point, found, plan, around);
      if (found.count > MOST_RUNS) break;
    }
  const said = saidBy(file, overrides, found.files, around);
  const count = Math.max(planned, found.count);
  if (count > MOST_RUNS) {
    const message = `${count} runs are more than ${MOST_RUNS}; choose fewer values.`;
    problems.push({ origin: { kind: "argument", text: "sweep" }, message });
    return { drafts: [], said, problems };
  }
  // What is wrong so far may be what was to be drawn.
  if (draws && plan.drawn.length === 0 && !found.own && problems.length === 0)
    problems.push(nothingToDraw(draws.kind));
  return { drafts: found.drafts, said, problems };
}

/** A run cannot be without a family and a data set, so that deleting one would leave what was chosen before. */
const deletedChoices = ({ settings }: Overrides): readonly Problem[] =>
  settings.flatMap(({ op, path: [group = "", option], origin }) =>
    op === "delete" && ["family", "data"].includes(group) && (option ?? "name") === "name"
      ? [{ origin, message: `a run needs a ${group}; choose another one: ${group}=NAME.` }]
      : [],
  );
