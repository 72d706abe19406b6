import type { Catalogue } from "../catalogue.ts";
import { unknownName } from "../../registry.ts";
import { missing, type Library } from "./library.ts";
import type { Overrides } from "./override.ts";
import type { Origin, Problem } from "./problem.ts";
import { ownersOf, sampled, settingsOn, zipAxes, type Sampler } from "./sampler.ts";
import { isGroup, keyOf, ownerOf, type Axis, type Setting } from "./setting.ts";

/** One run before its keys are checked: what was said about it, the later over the earlier. */
export interface Draft {
  readonly family: string;
  readonly data: string;
  /** From the files of the family, data set and other entries that were chosen; every key must exist. */
  readonly groupSettings: readonly Setting[];
  readonly settings: readonly Setting[];
}

const MOST_RUNS = 100_000;

/** All combinations, the last axis fastest. */
function product(axes: readonly Axis[]): readonly (readonly Setting[])[] {
  return axes.reduce<readonly (readonly Setting[])[]>(
    (combined, { points }) =>
      combined.flatMap((left) => points.map((right) => [...left, ...right])),
    [[]],
  );
}

/** The axes none of whose keys is given elsewhere. A `runs:` list stays: what is given is laid over it. */
const without = (axes: readonly Axis[], given: ReadonlySet<string>): readonly Axis[] =>
  axes.filter((axis) => {
    const owners = new Set(ownersOf(axis));
    return owners.size !== 1 || ![...owners].some((owner) => given.has(owner));
  });

const nameIn = (settings: readonly Setting[], group: string): unknown =>
  settings.findLast((s) => keyOf(s) === `${group}.name`)?.value;

/** Whether a `runs:` entry is for another data set or family than the one asked for, which has an entry of its own. */
const isForAnother = (
  entry: readonly Setting[],
  asked: readonly Setting[],
  entries: readonly (readonly Setting[])[],
): boolean =>
  ["family", "data"].some((group) => {
    const [own, wanted] = [nameIn(entry, group), nameIn(asked, group)];
    if (own === undefined || wanted === undefined || own === wanted) return false;
    return entries.some((other) => nameIn(other, group) === wanted);
  });

/** The file an entry of a group has in `experiments/`; the family's, data set's and engine's may be missing. */
function groupFiles(settings: readonly Setting[], library: Library) {
  const chosen = new Map<string, { readonly name: string; readonly origin: Origin }>();
  for (const { path, value, origin } of settings) {
    const [group = "", option] = path;
    const chooses = option === undefined ? isGroup(group) : option === "name" && path.length === 2;
    if (chooses && typeof value === "string") chosen.set(group, { name: value, origin });
  }
  const files = [];
  const problems: Problem[] = [];
  for (const [group, { name, origin }] of chosen) {
    const file = library.load(`${group}/${name}`);
    if (file !== undefined) files.push(file);
    else if (group === "training" || group === "evaluation")
      problems.push({ origin, message: missing(`${group}/${name}`, library.names) });
  }
  return { files, problems };
}

/** What is meant by a name: an entry of the registry, or one of `experiments/<group>/` that is based on one. */
interface Chosen {
  readonly name: string;
  /** What the alias `data=power` stands for: the name it is based on, and a label for tables. */
  readonly settings: readonly Setting[];
}

/** The entry that was chosen last for a group, checked. */
function choose(
  settings: readonly Setting[],
  group: "family" | "data",
  { catalogue, library, problems }: Surroundings,
): Chosen | undefined {
  const registry = group === "family" ? catalogue.families : catalogue.datasets;
  const last = settings.findLast((s) => keyOf(s) === `${group}.name` && s.op !== "delete");
  const what = registry.kind;
  if (last === undefined) {
    const message = `no ${what} is chosen; add ${group}=NAME, one of ${registry.names.join(", ")}.`;
    problems.push({ origin: { kind: "argument", text: "configuration" }, message });
    return undefined;
  }
  const { origin } = last;
  const name = String(last.value);
  if (registry.find(name) !== undefined) return { name, settings: [] };
  const file = library.load(`${group}/${name}`);
  const base = file?.settings.findLast((s) => keyOf(s) === `${group}.name`);
  if (base !== undefined && registry.find(String(base.value)) !== undefined) {
    const label: Setting = { path: ["data", "label"], op: "force", value: name, origin };
    return { name: String(base.value), settings: group === "data" ? [label, base] : [base] };
  }
  const entries = library.names(group).filter((entry) => !registry.names.includes(entry));
  problems.push({ origin, message: unknownName(what, name, [...registry.names, ...entries]) });
  return undefined;
}

/** What a command line asks for. */
export interface Request {
  readonly overrides: Overrides;
  /** From `--seeds`. */
  readonly seeds?: { readonly values: readonly number[]; readonly origin: Origin };
  /** From `--sampler`; a grid unless given. */
  readonly sampler?: Sampler;
}

const GRID: Sampler = { kind: "grid", seed: 0 };

/** The drafts of one combination of the file's and the command line's values. */
function draftsOf(
  settings: readonly Setting[],
  seedAxes: readonly Axis[],
  given: ReadonlySet<string>,
  around: Surroundings,
): readonly Draft[] {
  const { library, problems } = around;
  const family = choose(settings, "family", around);
  const data = choose(settings, "data", around);
  const { files, problems: wrong } = groupFiles(settings, library);
  problems.push(...wrong, ...files.flatMap((f) => f.problems));
  if (family === undefined || data === undefined) return [];
  const set = new Set([...given, ...settings.map((s) => ownerOf(s.path))]);
  const ownAxes = files.flatMap((f) => without(f.axes, set));
  // A label of the user's own stands before the alias's.
  const own = settings.some((s) => keyOf(s) === "data.label");
  // `training=fast` has done its work by choosing the file.
  const rest = settings.filter(
    (s) => s.path.length > 1 || !isGroup(s.path[0]) || s.op === "delete",
  );
  const groupSettings = files.flatMap((f) => f.settings);
  const bases = [...family.settings, ...data.settings].filter(
    (s) => !own || keyOf(s) !== "data.label",
  );
  return product(ownAxes).flatMap((own) =>
    product(seedAxes).map((seed): Draft => {
      const all = [...own, ...rest, ...bases, ...seed];
      return { family: family.name, data: data.name, groupSettings, settings: all };
    }),
  );
}

interface Surroundings {
  readonly catalogue: Catalogue;
  readonly library: Library;
  readonly problems: Problem[];
}

/** Everything the request stands for, as a list of drafts; the last key varies fastest, seeds fastest of all. */
export function expandDrafts(
  { overrides, seeds, sampler = GRID }: Request,
  catalogue: Catalogue,
  library: Library,
): { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [...overrides.problems];
  const { experiment } = overrides;
  const file = experiment && library.load(experiment.name);
  if (experiment && file === undefined)
    problems.push({ origin: experiment.origin, message: missing(experiment.name, library.names) });
  problems.push(...(file?.problems ?? []));
  const seedAxes: Axis[] = [];
  if (seeds !== undefined)
    seedAxes.push({
      points: seeds.values.map((value) => [
        { path: ["seed"], op: "force", value, origin: seeds.origin },
      ]),
    });
  const twice = [...overrides.settings, ...overrides.axes.flatMap(settingsOn)].find(
    (s) => ownerOf(s.path) === "seed",
  );
  if (seeds !== undefined && twice !== undefined)
    problems.push({ origin: twice.origin, message: "the seed is given twice; leave out --seeds." });
  const given = new Set([
    ...overrides.settings.map((s) => ownerOf(s.path)),
    ...[...overrides.axes, ...seedAxes].flatMap(ownersOf),
  ]);
  const swept = sampled(
    {
      file: zipAxes(without(file?.axes ?? [], given), problems),
      overrides: zipAxes(overrides.axes, problems),
    },
    sampler,
    problems,
  );
  const axes = [...swept.file, ...swept.overrides, ...seedAxes];
  const count = axes.reduce((n, { points }) => n * points.length, 1);
  if (count > MOST_RUNS) {
    const message = `${count} runs are more than ${MOST_RUNS}; choose fewer values.`;
    problems.push({ origin: { kind: "argument", text: "sweep" }, message });
    return { drafts: [], problems };
  }
  const fileEntries = product(swept.file);
  const drafts = fileEntries.flatMap((fromFile) =>
    product(swept.overrides).flatMap((fromOverrides) => {
      const asked = [...overrides.settings, ...fromOverrides];
      if (isForAnother(fromFile, asked, fileEntries)) return [];
      const settings = [...(file?.settings ?? []), ...fromFile, ...asked];
      return draftsOf(settings, seedAxes, given, { catalogue, library, problems });
    }),
  );
  return { drafts, problems };
}
