import { document, path, rect, text, upwards } from "../../svg.ts";
import type { Band } from "./uniform-band.ts";
import { expectedShare, rankEcdf, type Ranks } from "./uniform-ranks.ts";

/** Pixels. */
const SIZE = { side: 260, left: 52, right: 14, top: 14, bottom: 58 };

/**
 * Coverage over level as an SVG document: the diagonal is a calibrated model, whose curve is inside the grey band
 * everywhere with probability 0.95. A curve below the diagonal is a model too sure of itself.
 */
export function coverageCurve(ranks: Ranks, band: Band): string {
  const { side, left, right, top, bottom } = SIZE;
  const { draws, values } = ranks;
  const at = (level: number, share: number) =>
    [left + side * level, top + side * (1 - share)] as const;
  const ends = (line: readonly (readonly [number, number])[]) => [at(0, 0), ...line, at(1, 1)];
  const curve = Array.from(rankEcdf(ranks), (share, k) => at(expectedShare(k, draws), share));
  const limit = (counts: Int32Array) =>
    Array.from(counts, (count, k) => at(expectedShare(k, draws), count / values.length));
  const around = [...ends(limit(band.high)), ...ends(limit(band.low)).toReversed()];
  return document(left + side + right, top + side + bottom, [
    rect(left, top, side, side, 'fill="none" stroke="#333"'),
    path(around, 'fill="#888" fill-opacity="0.35"'),
    path([at(0, 0), at(1, 1)], 'fill="none" stroke="#333"'),
    path(ends(curve), 'fill="none" stroke="#4269d0" stroke-width="2"'),
    ...[0, 0.5, 1].flatMap((tick) => [
      text(left - 4, top + side * (1 - tick) + 4, String(tick), "end"),
      text(left + side * tick, top + side + 14, String(tick), "middle"),
    ]),
    text(left + side / 2, top + side + 30, "level of the highest-density region", "middle"),
    upwards(left - 28, top + side / 2, "share of conditions inside"),
    text(left, top + side + 50, `${values.length} conditions, ${draws} draws; grey: 95 % band`),
  ]);
}
