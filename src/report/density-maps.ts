import { encode } from "fast-png";
import { document, px, rect, text } from "../svg.ts";
import { takeBrush } from "./figure/draw-panel.ts";
import { fitting, wrapped } from "./figure/fitting.ts";
import { numeral } from "./figure/scale.ts";
import { placesOf, sideName, SIDES } from "./panel-grid.ts";

/** ln p on a square of cells, [cells, cells], the first coordinate slowest. NaN where it has no value. */
export interface DensityPanel {
  readonly row: string;
  readonly col: string;
  readonly cells: number;
  readonly logDensity: ArrayLike<number>;
}

type Rgb = readonly [number, number, number];

/** Viridis (Smith & van der Walt 2015): even steps for the eye, also without colours. */
async function viridis(): Promise<(share: number) => Rgb> {
  let apply: (share: number) => string = () => "";
  (await takeBrush())((plot) => {
    const scale = plot.scale({ color: { type: "linear", scheme: "viridis", domain: [0, 1] } });
    apply = (share) => String(scale.apply(share));
    return { marks: [] };
  });
  return (share) => {
    const [, r = "", g = "", b = ""] =
      /^#(..)(..)(..)$/.exec(apply(Math.min(1, Math.max(0, share)))) ?? [];
    return [parseInt(r, 16), parseInt(g, 16), parseInt(b, 16)];
  };
}

/** Where there is no number. */
const MISSING: Rgb = [200, 200, 200];

function picture(
  { cells, logDensity }: DensityPanel,
  most: number,
  colour: (share: number) => Rgb,
): string {
  const data = new Uint8Array(3 * cells * cells);
  for (let i = 0; i < cells; i++)
    for (let j = 0; j < cells; j++) {
      const p = Math.exp(logDensity[i * cells + j] ?? NaN);
      // The second coordinate points upwards.
      data.set(Number.isNaN(p) ? MISSING : colour(p / most), 3 * ((cells - 1 - j) * cells + i));
    }
  const png = encode({ width: cells, height: cells, data, channels: 3 });
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}

const largest = ({ logDensity }: DensityPanel): number =>
  Array.from(logDensity, (value) => Math.exp(value))
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0);

/**
 * Densities of two coordinates as maps, one panel for each pair of names, in the order in which these first appear. Panels of one
 * column have one scale of colours, from 0 to the largest density of the column's first panel: put the data first.
 */
export async function densityMaps(panels: readonly DensityPanel[]): Promise<string> {
  const colour = await viridis();
  const grid = placesOf(panels);
  const parts: string[] = [];
  for (const [c, col] of grid.cols.entries()) {
    const inside = panels.filter((panel) => panel.col === col);
    const [first] = inside;
    if (!first) continue;
    const most = largest(first) || 1;
    const { left, middle } = grid.column(c);
    parts.push(text(middle, grid.top - 7, fitting(col, grid.side, SIDES.letter), "middle"));
    for (const panel of inside) {
      const top = grid.row(panel.row);
      const box = `x="${px(left)}" y="${px(top)}" width="${px(grid.side)}" height="${px(grid.side)}"`;
      parts.push(
        `<image ${box} preserveAspectRatio="none" href="${picture(panel, most, colour)}"/>`,
        rect(left, top, grid.side, grid.side, 'fill="none" stroke="#bbb"'),
      );
    }
    parts.push(
      text(middle, grid.bottom + 6, `0 to ${numeral(Number(most.toPrecision(2)))}`, "middle"),
    );
  }
  const note = "Density; each column on the scale of its first panel. Grey: no value.";
  const lines = wrapped(note, Math.floor(grid.width / 5.2));
  return document(grid.width, grid.bottom + 18 + 13 * lines.length, [
    ...parts,
    ...grid.rows.map((row) => sideName(row, grid.side, grid.row(row) + grid.side / 2)),
    ...lines.map((line, i) => `<g font-size="9.5">${text(4, grid.bottom + 26 + 13 * i, line)}</g>`),
  ]);
}
