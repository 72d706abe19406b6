import type { Rng } from "../../math/rng.ts";
import { document, path, px, rect, text } from "../../svg.ts";
import { histogramBand, type Band } from "./uniform-band.ts";
import { binShares, rankCounts, type Ranks } from "./uniform-ranks.ts";

/** Fewest ranks in a bin on average, and most bins. */
const PER_BIN = 10;
const MOST_BINS = 20;
const MOST_PANELS = 20;
const ACROSS = 5;
/** Pixels. */
const PANEL = { width: 180, height: 130, left: 30, right: 8, top: 22, bottom: 20 };
const CAPTION = 24;
const NARROWEST = 480;

/**
 * Bins with enough ranks in each: the largest divisor of the number of ranks, which makes them equally likely, unless half
 * as many bins as there may be are more than that, as for a prime number of ranks.
 */
export function binsFor(rows: number, draws: number): number {
  const most = Math.min(MOST_BINS, Math.max(1, Math.floor(rows / PER_BIN)), draws + 1);
  for (let bins = most; 2 * bins >= most; bins--) if ((draws + 1) % bins === 0) return bins;
  return most;
}

/** One histogram: the band in grey over the bars, a line where uniform ranks are expected. */
function panel(ranks: Ranks, name: string, bins: number, band: Band): string {
  const counts = rankCounts(ranks, bins);
  const { width, height, left, right, top, bottom } = PANEL;
  const [w, h] = [width - left - right, height - top - bottom];
  const most = 1.05 * Math.max(...counts, ...band.high);
  const y = (count: number): number => top + h * (1 - count / most);
  const x = (bin: number): number => left + (w * bin) / bins;
  /** A line of steps, one for each bin. */
  const steps = (heights: ArrayLike<number>) =>
    Array.from(heights, (count, bin) => [x(bin), x(bin + 1)].map((at) => [at, y(count)] as const));
  const around = [...steps(band.high).flat(), ...steps(band.low).flat().toReversed()];
  const uniform = binShares(ranks.draws, bins).map((share) => share * ranks.values.length);
  const outside = counts.some(
    (count, bin) => count < (band.low[bin] ?? 0) || count > (band.high[bin] ?? Infinity),
  );
  const average = ranks.values.length / bins;
  const bars = Array.from(counts, (count, bin) =>
    rect(x(bin) + 0.5, y(count), w / bins - 1, y(0) - y(count), 'fill="#4269d0"'),
  );
  return [
    text(left, top - 8, `${name}${outside ? " (outside the band)" : ""}`),
    ...bars,
    path(around, 'fill="#888" fill-opacity="0.35"'),
    path(steps(uniform).flat(), 'stroke="#333" fill="none"'),
    `<path d="M${left} ${px(y(0))}h${px(w)}" stroke="#333" fill="none"/>`,
    text(left - 4, y(0) + 4, "0", "end"),
    text(left - 4, y(average) + 4, px(average), "end"),
    text(left, y(0) + 13, "0"),
    text(left + w, y(0) + 13, String(ranks.draws), "end"),
  ].join("");
}

/**
 * Histograms of ranks as an SVG document, one for each entry of a row (20 at most). All bars of a calibrated model
 * are inside the grey bands with a probability of 0.95 or more (Bonferroni over the entries).
 */
export function rankHistograms(
  ranks: readonly Ranks[],
  names: readonly string[],
  rng: Rng,
): string {
  const shown = ranks.slice(0, MOST_PANELS);
  const [{ values, draws } = { values: new Int32Array(0), draws: 1 }] = shown;
  const bins = binsFor(values.length, draws);
  const band = histogramBand(values.length, draws, bins, rng, 1 - 0.05 / shown.length);
  const across = Math.min(ACROSS, shown.length);
  const width = Math.max(NARROWEST, across * PANEL.width);
  const height = Math.ceil(shown.length / across) * PANEL.height + CAPTION;
  const panels = shown.map((own, j) => {
    const [column, row] = [j % across, Math.floor(j / across)];
    const place = `translate(${column * PANEL.width} ${row * PANEL.height})`;
    return `<g transform="${place}">${panel(own, names[j] ?? "", bins, band)}</g>`;
  });
  const left = ranks.length > shown.length ? `, first ${shown.length} of ${ranks.length}` : "";
  const caption = `Ranks of the truth among ${draws} draws, ${values.length} conditions${left}; grey: 95 % band for all together`;
  return document(width, height, [...panels, text(PANEL.left, height - 8, caption)]);
}
