import type { Catalogue } from "./catalogue.ts";
import { canonical } from "./config/config-hash.ts";
import type { Problem } from "./config/problem.ts";
import type { Config, ResolvedRun } from "./config/resolve.ts";
import { schemaOf } from "./config/schema.ts";
import type { Outline } from "../datasets/outline.ts";
import { checkFamily, prepareOutline } from "./prepare-dataset.ts";
import { boundsFor, type PreprocessingOptions } from "./preprocessing.ts";
import { isUserError, messageOf } from "./user-error.ts";

/** Says why an engine cannot be had here; undefined where it can. */
export type AskEngine = (engine: string) => Promise<string | undefined>;

/** At the first of these keys that was set: where the run says what is wrong. */
function problemAt(run: ResolvedRun, keys: readonly string[], message: string): Problem {
  const text = keys.map((key) => run.origins[key]).find((origin) => origin !== undefined);
  return { origin: { kind: "argument", text: text ?? keys.at(-1) ?? "" }, message };
}

/** What a check gives, or what it complains of in words for the user; anything else is a fault, which the run itself reports. */
async function attempt<T>(
  check: () => T | Promise<T>,
): Promise<{ readonly value?: T; readonly complaint?: string }> {
  try {
    return { value: await check() };
  } catch (error) {
    return isUserError(error) ? { complaint: messageOf(error) } : {};
  }
}

/** The rows that the data set of a configuration has before anything is prepared; undefined where that is not known. */
async function outlineOf(
  { name, ...options }: Config["data"],
  { datasets }: Catalogue,
): Promise<Outline | undefined> {
  const outlined = await datasets.get(name).outline?.(options);
  return outlined && { name, attributes: [], ...outlined };
}

/** The rows as the family gets them; throws of what is wrong with them or with their bounds. */
async function rowsOf(data: Config["data"], catalogue: Catalogue): Promise<Outline | undefined> {
  const raw = await outlineOf(data, catalogue);
  const rows = raw && prepareOutline(raw, data);
  if (rows !== undefined) boundsFor(rows, data as PreprocessingOptions);
  return rows;
}

/** The key of the data that is to blame: the one without which nothing is wrong any more. */
async function culprit(
  { config: { family, data }, origins }: ResolvedRun,
  catalogue: Catalogue,
): Promise<string | undefined> {
  const schema = schemaOf(catalogue, family.name, data.name);
  for (const option of Object.keys(data)) {
    const key = `data.${option}`;
    if (option === "name" || origins[key] === undefined) continue;
    const without = { ...data, [option]: schema[key]?.default };
    const { complaint } = await attempt(() => rowsOf(without, catalogue));
    if (complaint === undefined) return key;
  }
  return undefined;
}

/** The rows as the family gets them, or what is wrong with them. */
async function preparedRows(
  run: ResolvedRun,
  catalogue: Catalogue,
): Promise<{ readonly outline?: Outline; readonly problem?: Problem }> {
  const { value: outline, complaint } = await attempt(() => rowsOf(run.config.data, catalogue));
  if (complaint === undefined) return outline ? { outline } : {};
  const key = await culprit(run, catalogue);
  return { problem: problemAt(run, [key ?? "data.path", "data.name"], complaint) };
}

/**
 * What the runs of a sweep would each fail of, found before the first one starts, as far as that is cheap: data that are not
 * there, families that do not take such rows, engines that this machine does not have. Rows are not read, models not built.
 *
 * @param askEngine left out where the runs are done on another machine
 */
export async function preflight(
  runs: readonly ResolvedRun[],
  catalogue: Catalogue,
  askEngine?: AskEngine,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const engines = new Map<string, string | undefined>();
  const rows = new Map<string, Awaited<ReturnType<typeof preparedRows>>>();
  const pairs = new Set<string>();
  for (const run of runs) {
    const { data, family, engine } = run.config;
    if (!engines.has(engine.name))
      engines.set(engine.name, engine.name === "auto" ? undefined : await askEngine?.(engine.name));
    const absent = engines.get(engine.name);
    if (absent !== undefined) problems.push(problemAt(run, ["engine.name"], absent));
    const dataKey = canonical(data);
    const known = rows.get(dataKey) ?? (await preparedRows(run, catalogue));
    rows.set(dataKey, known);
    const { outline, problem } = known;
    const pair = canonical([family, data]);
    if (pairs.has(pair)) continue;
    pairs.add(pair);
    if (problem !== undefined) problems.push(problem);
    if (outline === undefined) continue;
    const { complaint } = await attempt(() => {
      const definition = catalogue.families.get(family.name);
      checkFamily(definition, outline, catalogue.families);
      definition.checkShape?.(family, outline.shape);
    });
    if (complaint !== undefined) problems.push(problemAt(run, ["family.name"], complaint));
  }
  return problems;
}
