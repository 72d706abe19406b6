import { ModelError } from "../../model.ts";
import type { Catalogue } from "../catalogue.ts";
import { digestsByName, usedPlugins } from "../plugins/used-plugins.ts";
import type { Rung } from "../halving.ts";
import { VERSION } from "../version.ts";
import { applySettings } from "./apply.ts";
import { canonical, configHash } from "./config-hash.ts";
import { expandDrafts, type Draft } from "./draft.ts";
import { interpolateAll } from "./interpolate.ts";
import { keyProblems, problemsWithoutRun, type Scope } from "./known-keys.ts";
import type { Library } from "./library.ts";
import type { Request } from "./plan.ts";
import { ConfigError, describeOrigin, type Origin, type Problem } from "./problem.ts";
import { addRungs, type Resolved } from "./rungs.ts";
import { schemaOf, validateValues, type KeySchema } from "./schema.ts";
import { isGroup, ownerOf, type Setting } from "./setting.ts";

/** Options of a group with the name of the entry they belong to. */
export type Entry = Readonly<Record<string, unknown>> & { readonly name: string };

/** The complete configuration of a run: every key present and checked. */
export interface Config extends Readonly<Record<string, unknown>> {
  readonly family: Entry;
  readonly data: Entry;
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation: Readonly<Record<string, unknown>>;
  readonly engine: Entry;
  readonly seed: number;
  readonly plugins: readonly string[];
}

/** A run that may start. */
export interface ResolvedRun {
  /** `real-nvp-two-moons-0123456789ab-s0`: also the name of its folder. */
  readonly runId: string;
  readonly configHash: string;
  readonly config: Config;
  /** Digests of the plugins that the configuration makes use of, by their names in it; left out where there is none. */
  readonly pluginDigests?: Readonly<Record<string, string>>;
  /** Where each value that is not a default was written, by key. */
  readonly origins: Readonly<Record<string, string>>;
  /** Of a run of a halving: where it stands there. */
  readonly rung?: Rung;
}

/** What a data set is called in names of folders: its label, if it has one. */
const entryName = ({ name, label }: Entry): string => (typeof label === "string" ? label : name);

const slug = (config: Config, hash: string): string =>
  [config.family.name, entryName(config.data), hash, `s${config.seed}`]
    .join("-")
    .replaceAll(/[^\w.-]+/g, "_");

async function resolveDraft(
  draft: Draft,
  catalogue: Catalogue,
): Promise<{ readonly run?: ResolvedRun; readonly problems: readonly Problem[] }> {
  const schema: KeySchema = schemaOf(catalogue, draft.family, draft.data);
  // A key of another family of the sweep does not apply here; `~training` is about a whole group.
  const relevant = [...draft.groupSettings, ...draft.settings].filter(
    ({ op, path }) =>
      Object.hasOwn(schema, ownerOf(path)) ||
      (op === "delete" && path.length === 1 && isGroup(path[0])),
  );
  // Not what a key such as "constructor" would find in every object.
  const defaultOf = (key: string): unknown =>
    Object.hasOwn(schema, key) ? schema[key]?.default : undefined;
  const applied = applySettings(relevant, defaultOf);
  const problems: Problem[] = [...applied.problems];
  const plain = await interpolateAll(
    new Map([...applied.values].map(([key, { value }]) => [key, value])),
    { fallback: defaultOf, keys: Object.keys(schema) },
    (key, message) => {
      problems.push({ origin: applied.values.get(key)?.origin ?? { kind: "default" }, message });
    },
  );
  const unset = { origin: { kind: "default" as const } };
  const values = new Map(
    [...plain].map(([key, value]) => [key, { ...(applied.values.get(key) ?? unset), value }]),
  );
  const validated = validateValues(schema, values);
  problems.push(...validated.problems);
  if (problems.length > 0) return { problems };
  const config = validated.config as Config;
  const chosenAt = values.get("family.name")?.origin ?? { kind: "default" as const };
  problems.push(...combinationProblems(config.family, catalogue, chosenAt));
  if (problems.length > 0) return { problems };
  const used = usedPlugins(config, catalogue.plugins);
  const hash = configHash(
    config,
    VERSION,
    used.map((plugin) => plugin.digest),
  );
  const origins = Object.fromEntries([...values].map(([k, v]) => [k, describeOrigin(v.origin)]));
  const sources = used.length > 0 && { pluginDigests: digestsByName(used) };
  const runId = slug(config, hash);
  return { run: { runId, configHash: hash, config, ...sources, origins }, problems };
}

/** Options of the family that do not go together, at the place that chose it. */
function combinationProblems(
  { name, ...options }: Entry,
  catalogue: Catalogue,
  origin: Origin,
): readonly Problem[] {
  try {
    catalogue.families.get(name).checkOptions?.(options);
    return [];
  } catch (error) {
    // Anything else is a fault of the family, which building its model reports.
    return error instanceof ModelError ? [{ origin, message: error.message }] : [];
  }
}

/** What is left to say where entries of `runs:` fall out one by one. */
const NO_RUNS: Problem = {
  origin: { kind: "argument", text: "configuration" },
  message:
    "it stands for no run: each entry of runs: is for another family or data set than those asked for; leave one of these out.",
};

/** Why plugins cannot be used: what is missing may be in them. */
const brokenProblems = ({ broken }: Catalogue): readonly Problem[] =>
  broken.map(({ spec, reason }) => ({
    origin: { kind: "argument", text: `plugin ${spec}` },
    message: reason,
  }));

/**
 * The runs that a request stands for. Runs that become equal, because an option does not apply to their family,
 * collapse into one.
 *
 * @throws ConfigError with all problems of all runs
 */
export async function resolveRuns(
  request: Request,
  catalogue: Catalogue,
  library: Library,
): Promise<readonly ResolvedRun[]> {
  const { drafts, said, problems: early } = expandDrafts(request, catalogue, library);
  const problems: Problem[] = [...early];
  if (drafts.length === 0) problems.push(...problemsWithoutRun(said, catalogue));
  const chosen: Scope = {
    families: [...new Set(drafts.map((d) => d.family))],
    datasets: [...new Set(drafts.map((d) => d.data))],
  };
  const resolved = new Map<string, Resolved>();
  for (const draft of drafts) {
    const own: Scope = { families: [draft.family], datasets: [draft.data] };
    problems.push(...keyProblems(draft, { own, chosen, inFile: said.namedInFile }, catalogue));
    const { run, problems: wrong } = await resolveDraft(draft, catalogue);
    problems.push(...wrong);
    if (run !== undefined && !resolved.has(canonical(run.config)))
      resolved.set(canonical(run.config), { draft, run });
  }
  if (resolved.size === 0 && problems.length === 0) problems.push(NO_RUNS);
  const refuseProblems = (): void => {
    if (problems.length > 0) throw new ConfigError([...brokenProblems(catalogue), ...problems]);
  };
  refuseProblems();
  const { halving } = request.sampler ?? {};
  if (halving === undefined) return [...resolved.values()].map(({ run }) => run);
  const rungs = await addRungs([...resolved.values()], halving, async (draft, steps) => {
    const budget: Setting = {
      ...{ path: ["training", "steps"], op: "force", value: steps },
      origin: { kind: "argument", text: "--sampler halving" },
    };
    const settings = [...draft.settings, budget];
    const { run, problems: wrong } = await resolveDraft({ ...draft, settings }, catalogue);
    problems.push(...wrong);
    return run;
  });
  problems.push(...rungs.problems);
  refuseProblems();
  return rungs.runs;
}
