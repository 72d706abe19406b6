import type { Argv } from "yargs";
import type { Catalogue } from "../runner/catalogue.ts";
import type { Request } from "../runner/config/plan.ts";
import type { Sampler } from "../runner/config/sampler.ts";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { describeBroken } from "../runner/plugins/loaded-plugin.ts";
import { UserError } from "../runner/user-error.ts";
import { note } from "./output.ts";
import { settled, together } from "./together.ts";

/** Arguments of every command that takes a configuration. */
export interface ConfigurationArguments {
  readonly overrides: string[];
  readonly seeds?: string | undefined;
  readonly sampler?: (typeof SAMPLERS)[number] | undefined;
  readonly samples?: number | undefined;
  readonly "sampler-seed"?: number | undefined;
  readonly "reduction-factor"?: number | undefined;
  readonly "min-steps"?: number | undefined;
}

/** Adds the positional `[overrides..]`. */
export const withOverrides = <T>(args: Argv<T>) =>
  args.positional("overrides", {
    describe: "key=value, +key=value, ++key=value, ~key, experiment=NAME",
    type: "string",
    array: true,
    default: [] as string[],
  });

const SAMPLERS = ["grid", "random", "sobol", "halving"] as const;

/** Adds the options of a sweep that say which runs it has. */
export const withSweepOptions = <T>(args: Argv<T>) =>
  withOverrides(args)
    .option("seeds", { type: "string", describe: "how many (5), or which (0,1,2)" })
    .option("sampler", {
      choices: SAMPLERS,
      default: "grid" as const,
      describe:
        "every combination, or so many random or evenly spread ones; halving: the better ones of these go on",
    })
    .option("samples", {
      type: "number",
      describe: "of random and sobol (16); of halving, instead of every combination",
    })
    .option("sampler-seed", { type: "number", default: 0, describe: "of random and sobol" })
    .option("reduction-factor", {
      type: "number",
      describe: "of halving (3): one of so many goes on, with so many times the steps",
    })
    .option("min-steps", {
      type: "number",
      describe: "of halving (100): training.steps of its first rung at least",
    });

/** A number of an option that counts something. */
export function count(
  option: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new UserError(
      `--${option} ${value}: expected a whole number ${most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`}.`,
    );
  return value;
}

/** What the options say about how values are combined. Throws UserError where they do not go together. */
function samplerOf({
  sampler = "grid",
  samples,
  "sampler-seed": seed = 0,
  "reduction-factor": factor,
  "min-steps": minSteps,
}: ConfigurationArguments): Sampler {
  const isHalving = sampler === "halving";
  if (!isHalving && (factor !== undefined || minSteps !== undefined))
    throw new UserError(
      "--reduction-factor and --min-steps are for --sampler halving; add it, or leave them out.",
    );
  if (sampler === "grid" && samples !== undefined)
    throw new UserError(
      `--samples ${samples}: a grid takes every combination; add --sampler random, sobol or halving, or leave it out.`,
    );
  return {
    kind: isHalving ? "auto" : sampler,
    ...(samples !== undefined && { samples: count("samples", samples, 1) }),
    seed: count("sampler-seed", seed, 0),
    ...(isHalving && {
      halving: {
        factor: count("reduction-factor", factor ?? 3, 2),
        minSteps: count("min-steps", minSteps ?? 100, 1),
      },
    }),
  };
}

/** As many as a sampler may draw: each is a run, which is written into a list before the first one starts. */
const MOST_SEEDS = 100_000;

/** `5` stands for 0, 1, 2, 3, 4; `0,1,2` for itself. */
function parseSeeds(text: string): readonly number[] {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const numbers = parts.map(Number);
  if (parts.length === 0 || numbers.some((n) => !Number.isInteger(n) || n < 0))
    throw new UserError(
      `--seeds ${text}: expected a number of seeds or a list of whole numbers from 0; give --seeds 5, or --seeds 0,1,2.`,
    );
  const [count = 0] = numbers;
  if (text.includes(",")) return numbers;
  if (count < 1)
    throw new UserError(
      `--seeds ${text}: expected at least 1 seed; give --seeds 5, or --seeds ${count}, for seed ${count} alone.`,
    );
  if (count > MOST_SEEDS)
    throw new UserError(`--seeds ${text}: expected at most ${MOST_SEEDS} seeds.`);
  return Array.from({ length: count }, (_, i) => i);
}

/** Asks in a process of its own, since what an engine needs may break down when it is tried. */
async function askEngine(engine: string): Promise<string | undefined> {
  const { askProbe } = await import("../runner/doctor/ask-probe.ts");
  const { status, detail } = await askProbe(engine, `engine:${engine}`);
  const text = detail.startsWith("engine=") ? detail : `engine=${engine}: ${detail}`;
  return status === "ok"
    ? undefined
    : `${text.replace(/\.$/, "")}. flowmeter doctor says which engines work here.`;
}

/**
 * Checks that runs can start here.
 *
 * @param elsewhere they will be done on other machines, of whose engines nothing is known
 * @throws ConfigError with every problem
 */
export async function assertReady(
  runs: readonly ResolvedRun[],
  catalogue: Catalogue,
  { elsewhere = false } = {},
): Promise<void> {
  const [{ preflight }, { ConfigError }] = await Promise.all([
    import("../runner/preflight.ts"),
    import("../runner/config/problem.ts"),
  ]);
  const problems = await preflight(runs, catalogue, elsewhere ? undefined : askEngine);
  if (problems.length > 0) throw new ConfigError(problems);
}

export interface Configured {
  readonly catalogue: Catalogue;
  readonly runs: readonly ResolvedRun[];
  /** Name of the experiment, or "sweep". */
  readonly name: string;
}

/** Reads overrides and seeds and resolves the runs they stand for; throws ConfigError with every problem. */
export async function configure(args: ConfigurationArguments): Promise<Configured> {
  const { overrides, seeds } = args;
  const [
    { loadCatalogue },
    { parseOverrides },
    { createLibrary },
    { globNames },
    { requestedPlugins },
    { resolveRuns },
  ] = await Promise.all([
    import("../runner/load-catalogue.ts"),
    import("../runner/config/override.ts"),
    import("../runner/config/library.ts"),
    import("../runner/config/glob-names.ts"),
    import("../runner/config/requested-plugins.ts"),
    import("../runner/config/resolve.ts"),
  ]);
  const library = createLibrary();
  // What a glob stands for is known only with the catalogue, and that with the plugins that are asked for.
  const asked = parseOverrides(overrides);
  const catalogue = await loadCatalogue(requestedPlugins(asked, library));
  const parsed = parseOverrides(overrides, globNames(asked, catalogue, library));
  const seedList = await settled(() => (seeds === undefined ? undefined : parseSeeds(seeds)));
  const sampler = await settled(() => samplerOf(args));
  const values = seedList.status === "fulfilled" ? seedList.value : undefined;
  const request: Request = {
    overrides: parsed,
    // In place of one that cannot be, one that takes whatever values there are.
    sampler: sampler.status === "fulfilled" ? sampler.value : { kind: "auto", seed: 0 },
    ...(values && {
      seeds: { values, origin: { kind: "argument", text: `--seeds ${seeds ?? ""}` } },
    }),
  };
  const resolved = await settled(() => resolveRuns(request, catalogue, library));
  const { runs } = together({ seedList, sampler, runs: resolved });
  for (const plugin of catalogue.broken)
    note(`${describeBroken(plugin)}\n    Nothing here needs it, so it is left out.`);
  return { catalogue, runs, name: parsed.experiment?.name.replaceAll("/", "-") ?? "sweep" };
}
