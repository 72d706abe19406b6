import type { RunRecord } from "../record.ts";
import { didYouMean } from "../registry.ts";
import { metricNames } from "../report/observation.ts";

/**
 * Why a table of this metric would be empty, with what to do about it; undefined if it would not. Runs none of which is done have no
 * metric, but a table of them shows that.
 *
 * @param ofLayers whether the table has the axis `layer`, which shows numbers of layers
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
  return `No run has a metric "${metric}".${didYouMean(metric, known)} Give --metric one of: ${known.join(", ")}.`;
}
