import type { ConfigFile } from "./config-file.ts";
import { groupFiles, type Surroundings } from "./group-entry.ts";
import type { Overrides } from "./override.ts";
import type { Origin, Problem } from "./problem.ts";
import {
  createDraws,
  isDrawn,
  kindFor,
  ownersOf,
  settingsOn,
  withoutRanges,
  zipAxes,
  type Draws,
  type Sampler,
} from "./sampler.ts";
import { keyOf, ownerOf, type Axis, type Setting } from "./setting.ts";

export const MOST_RUNS = 100_000;

/** What a command line asks for. */
export interface Request {
  readonly overrides: Overrides;
  /** From `--seeds`. */
  readonly seeds?: { readonly values: readonly number[]; readonly origin: Origin };
  /** From `--sampler`; a grid unless given. */
  readonly sampler?: Sampler;
}

const GRID: Sampler = { kind: "grid", seed: 0 };

/** How the values of a request are combined. */
export interface Plan {
  /** Axes that every combination of is taken, of the experiment's file and of the command line. */
  readonly file: readonly Axis[];
  readonly overrides: readonly Axis[];
  /** Axes that a sampler draws from. */
  readonly drawn: readonly Axis[];
  /** Left out for a grid. */
  readonly draws?: Draws;
  readonly seeds: readonly Axis[];
  /** Keys of the command line, which nothing else may sweep. */
  readonly given: ReadonlySet<string>;
}

/** The sweeps of the files of chosen entries, those of keys that are set elsewhere left out. */
export const sweepsIn = (
  files: readonly ConfigFile[],
  settings: readonly Setting[],
  { given }: Pick<Plan, "given">,
  problems: Problem[],
): readonly Axis[] => {
  const set = new Set([...given, ...settings.map((s) => ownerOf(s.path))]);
  return files.flatMap(({ axes }) => zipAxes(without(axes, set), problems));
};

/** All combinations, the last axis fastest. */
export function product(axes: readonly Axis[]): readonly (readonly Setting[])[] {
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

export const countOf = (axes: readonly Axis[]): number =>
  axes.reduce((n, { points }) => n * points.length, 1);

/** Every combination of the axes that are crossed, as what the file says and what is asked for. */
export function* combinations(
  settings: readonly Setting[],
  { overrides }: Request,
  plan: Plan,
): Generator<{ readonly settings: readonly Setting[]; readonly point: number }> {
  const { draws, drawn } = plan;
  const entries = product(plan.file);
  for (const entry of entries)
    for (const swept of product(plan.overrides))
      for (let point = 0; point < (draws?.count ?? 1); point++) {
        const asked = [...overrides.settings, ...swept, ...(draws?.settings(drawn, point) ?? [])];
        if (!isForAnother(entry, asked, entries))
          yield { settings: [...settings, ...entry, ...asked], point };
      }
}

/** The seeds of `--seeds` as an axis; that the seed is given elsewhere as well is a problem. */
function seedAxes({ overrides, seeds }: Request, problems: Problem[]): readonly Axis[] {
  if (seeds === undefined) return [];
  const twice = [...overrides.settings, ...overrides.axes.flatMap(settingsOn)].find(
    (s) => ownerOf(s.path) === "seed",
  );
  if (twice !== undefined)
    problems.push({ origin: twice.origin, message: "the seed is given twice; leave out --seeds." });
  const { values, origin } = seeds;
  return [{ points: values.map((value) => [{ path: ["seed"], op: "force", value, origin }]) }];
}

/** Decides which axes are crossed and which are drawn from. */
export function planOf(request: Request, file: ConfigFile | undefined, around: Surroundings): Plan {
  const { overrides, sampler = GRID } = request;
  const { problems } = around;
  const seeds = seedAxes(request, problems);
  const given = new Set([
    ...overrides.settings.map((s) => ownerOf(s.path)),
    ...[...overrides.axes, ...seeds].flatMap(ownersOf),
  ]);
  const fromFile = zipAxes(without(file?.axes ?? [], given), problems);
  const fromOverrides = zipAxes(overrides.axes, problems);
  const all = [...fromFile, ...fromOverrides];
  const grid: Plan = { file: fromFile, overrides: fromOverrides, drawn: [], seeds, given };
  const own = function* (): Generator<Axis> {
    if (countOf(all) <= MOST_RUNS)
      for (const { settings } of combinations(file?.settings ?? [], request, grid))
        yield* sweepsIn(groupFiles(settings, { ...around, problems: [] }), settings, grid, []);
  };
  // What families' own files sweep decides only where nothing else does.
  const kind = kindFor(sampler, all);
  const settled = kind === "grid" && sampler.kind === "auto" ? kindFor(sampler, [...own()]) : kind;
  if (settled === "grid")
    return {
      ...grid,
      file: withoutRanges(fromFile, problems),
      overrides: withoutRanges(fromOverrides, problems),
    };
  const kept = (axes: readonly Axis[]) =>
    withoutRanges(
      axes.filter((axis) => !isDrawn(axis)),
      problems,
    );
  return {
    ...{ seeds, given, file: kept(fromFile), overrides: kept(fromOverrides) },
    drawn: all.filter(isDrawn),
    draws: createDraws(settled, sampler),
  };
}
