import type { RunRecord } from "../record.ts";
import { observe, type Observation } from "./observation.ts";

/** What stands beside a number of layers where theory knows something of them: a name, and a number of the same layers. */
export const COMPANIONS: Readonly<
  Record<string, readonly (readonly [name: string, metric: string])[]>
> = {
  kl: [
    ["ratio to the layer before", "ratio"],
    ["ratio near N(0, I) in theory", "localRate"],
    ["bound by the loss, for rotations", "lossBound"],
    ["bound by the spectrum, for rotations", "spectrumBound"],
  ],
  ratio: [
    ["near N(0, I) in theory", "localRate"],
    ["bound by the loss, for rotations", "lossBoundRatio"],
    ["bound by the spectrum, for rotations", "spectrumBoundRatio"],
    ["limit of many dimensions, for rotations", "limitRate"],
  ],
};

/** The companions of a metric in a table of layers, as rows (or columns) beside those of the runs that have them. */
export function layerCompanions(
  records: readonly RunRecord[],
  axes: { readonly rows: string; readonly cols: string; readonly metric: string },
): readonly Observation[] {
  const known = records.filter(({ layers = [] }) => layers.some((layer) => "limitRate" in layer));
  const place = axes.rows === "layer" ? "col" : "row";
  return (COMPANIONS[axes.metric] ?? []).flatMap(([name, metric]) =>
    observe(known, { ...axes, metric })
      .filter(({ value }) => Number.isFinite(value))
      .map((o) => ({ ...o, [place]: `${o[place]}: ${name}` })),
  );
}
