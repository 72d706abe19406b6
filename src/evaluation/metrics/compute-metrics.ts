import type { Rng } from "../../math/rng.ts";
import { rowSize } from "../../math/rows.ts";
import type { Measured, MetricArguments, MetricDefinition, Need } from "./metric-definition.ts";
import { drawPosterior } from "./posterior-draws.ts";
import { drawTwoSamples } from "./two-samples.ts";

export interface MetricSettings {
  /** Draws, and test rows beside them, that samples are compared by. */
  readonly draws: number;
  /** Conditions, and draws for each of them, that calibration is judged by. */
  readonly contexts: number;
  readonly posteriorDraws: number;
}

export interface ComputedMetrics extends Required<Measured> {
  /** Metrics that were left out, and why. */
  readonly notes: readonly string[];
}

type Given = Omit<MetricArguments, "twoSamples" | "posterior" | "rng">;

/** Runs f at the first call, and gives the same result at every later one. */
function once<T>(f: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= f());
}

/** Arrays and figures become files beside those of others, so their names begin with the metric's. */
function withOwnNames(
  metric: string,
  { metrics, arrays = {}, figures = {} }: Measured,
): ComputedMetrics {
  const prefix = metric.replaceAll("_", "-");
  const pattern = new RegExp(`^${prefix}(-[a-z0-9]+)*$`);
  const own = <T>(parts: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(parts).filter(([name]) => pattern.test(name)));
  const lost = [...Object.keys(arrays), ...Object.keys(figures)].filter((n) => !pattern.test(n));
  const notes = lost.map(
    (name) =>
      `${metric}: "${name}" is not kept; name arrays and figures ${prefix}-…, in kebab case`,
  );
  return { metrics, arrays: own(arrays), figures: own(figures), notes };
}

/** Why a metric that needs something cannot be computed; nothing where it can. */
function lacking(need: Need, { context, logDensity, test }: Given): string | undefined {
  if (need === "condition")
    return context
      ? undefined
      : "it judges p(row | condition), and this flow has no condition (data.condition)";
  return logDensity && rowSize(test) === 2
    ? undefined
    : "it compares with a known density of two columns, which this data set does not have";
}

/**
 * Computes these metrics one after the other. Each has a random stream of its own, and what several of them draw is drawn
 * once, so that a metric's number does not depend on which others are asked for.
 */
export async function computeMetrics(
  wanted: readonly MetricDefinition[],
  given: Given,
  { draws, contexts, posteriorDraws }: MetricSettings,
  rng: Rng,
): Promise<ComputedMetrics> {
  const twoSamples = once(() => drawTwoSamples(given, draws, rng.fork("two samples")));
  const posterior = once(() =>
    drawPosterior(given, contexts, posteriorDraws, rng.fork("posterior")),
  );
  const all: ComputedMetrics[] = [];
  for (const metric of wanted) {
    const { name, needs } = metric;
    const lack = needs && lacking(needs, given);
    if (lack !== undefined) {
      const notes = [`${name} is left out: ${lack}`];
      all.push({ metrics: {}, arrays: {}, figures: {}, notes });
      continue;
    }
    const measured = await metric.compute({ ...given, twoSamples, posterior, rng: rng.fork(name) });
    all.push(withOwnNames(name, measured));
  }
  const joined = <T>(part: (one: ComputedMetrics) => Readonly<Record<string, T>>) =>
    Object.fromEntries(all.flatMap((one) => Object.entries(part(one))));
  return {
    metrics: joined((one) => one.metrics),
    arrays: joined((one) => one.arrays),
    figures: joined((one) => one.figures),
    notes: all.flatMap((one) => one.notes),
  };
}
