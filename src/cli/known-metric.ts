import type { RunRecord } from "../record.ts";
import { didYouMean } from "../registry.ts";
import { metricNames } from "../report/observation.ts";
import { UserError } from "../runner/user-error.ts";

/** Numbers that need the data's own density or entropy. */
const OF_KNOWN_DENSITY: readonly string[] = ["kl", "entropy"];

/**
 * Why a table of this metric would be empty, with what to do about it; undefined if it would not. Runs none of which is done have no
 * metric, but a table of them shows that.
 *
 * @param ofLayers whether the table has the axis `layer`, which shows numbers of layers
 * @throws UserError for a metric that none of the data sets can have
 */
export function whyNoMetric(
  records: readonly RunRecord[],
  metric: string,
  ofLayers: boolean,
): string | undefined {
  const known = metricNames(records, ofLayers);
  if (known.includes(metric)) return undefined;
  if (known.length === 0)
    return ofLayers
      ? "No run that is done has numbers of layers; run with evaluation.layers=true a family that has layers."
      : undefined;
  if (metricNames(records, !ofLayers).includes(metric))
    return ofLayers
      ? `"${metric}" is a number of whole runs, not of their layers; give other --rows or --cols than layer, or --metric one of: ${known.join(", ")}.`
      : `"${metric}" is a number of layers; give --rows or --cols layer, or --metric one of: ${known.join(", ")}.`;
  if (OF_KNOWN_DENSITY.includes(metric)) {
    const names = new Set(records.map(({ dataset }) => dataset));
    throw new UserError(
      `--metric ${metric}: neither density nor entropy is known of ${[...names].join(", ")}; give --metric test_nll, or do the runs on data whose density is known, such as data=two-moons, with kl in evaluation.metrics.`,
    );
  }
  return `No run has a metric "${metric}".${didYouMean(metric, known)} Give --metric one of: ${known.join(", ")}.`;
}
