import { document, px, rect, text } from "../svg.ts";
import { fitting } from "./figure/fitting.ts";
import { numeral } from "./figure/scale.ts";
import { placesOf, sideName, SIDES } from "./panel-grid.ts";

/** Points [N, 2] of one panel, row-major. */
export interface Panel {
  readonly row: string;
  readonly col: string;
  readonly points: ArrayLike<number>;
}

export interface PointCloudOptions {
  /** Points drawn of each panel, the first ones. */
  readonly most?: number;
  /** Each panel has a scale of its own, which stands in its corner, in place of its column's. */
  readonly ownScales?: boolean;
}

const BOTTOM = 20;
const INK = "#1b4f72";

/**
 * Rows of two numbers as clouds of points, one panel for each pair of names, in the order in which these first appear.
 * Panels of one column have one scale, that of the column's first panel, widened by a tenth: put the data first. Their side in
 * units of the rows stands below. Points that lie outside are not drawn, and counted in the panel's corner.
 */
export function pointClouds(
  panels: readonly Panel[],
  { most = 1000, ownScales = false }: PointCloudOptions = {},
): string {
  const grid = placesOf(panels);
  const { side, top: head, bottom } = grid;
  const parts: string[] = [];
  grid.cols.forEach((col, c) => {
    const inside = panels.filter((panel) => panel.col === col);
    const [first] = inside;
    if (!first) return;
    const scale = square(first.points);
    const { left, middle } = grid.column(c);
    parts.push(text(middle, head - 7, fitting(col, side + SIDES.gap, SIDES.letter), "middle"));
    for (const { row, points } of inside) {
      const own = ownScales ? square(points) : scale;
      const top = grid.row(row);
      parts.push(cloud(points, most, own, { left, top, side }));
      if (ownScales)
        parts.push(
          rect(left + 2, top + 2, 52, 13, 'fill="white" fill-opacity="0.8"'),
          text(left + 4, top + 12, sideOf(own)),
        );
    }
    if (!ownScales) parts.push(text(middle, bottom + 6, sideOf(scale), "middle"));
  });
  for (const row of grid.rows) parts.push(sideName(row, side, grid.row(row) + side / 2));
  return document(grid.width, bottom + BOTTOM, parts);
}

/** The side of a panel in units of its rows. */
const sideOf = ({ half }: Square): string => `side: ${numeral(Number((2 * half).toPrecision(2)))}`;

interface Square {
  readonly centre: readonly [number, number];
  readonly half: number;
}

/** The square around points, a tenth larger. */
function square(points: ArrayLike<number>): Square {
  const range = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < points.length; i += 2) {
      low = Math.min(low, points[i] ?? NaN);
      high = Math.max(high, points[i] ?? NaN);
    }
    return { middle: (low + high) / 2, width: high - low };
  });
  const [x, y] = range as [(typeof range)[0], (typeof range)[0]];
  return { centre: [x.middle, y.middle], half: 0.55 * Math.max(x.width, y.width) || 1 };
}

function cloud(
  points: ArrayLike<number>,
  most: number,
  { centre, half }: Square,
  { left, top, side }: { readonly left: number; readonly top: number; readonly side: number },
): string {
  const count = Math.min(most, points.length / 2);
  let outside = 0;
  let dots = "";
  for (let i = 0; i < count; i++) {
    const x = ((points[2 * i] ?? NaN) - centre[0]) / half;
    const y = ((points[2 * i + 1] ?? NaN) - centre[1]) / half;
    // Written so that NaN is outside.
    if (!(Math.abs(x) <= 1 && Math.abs(y) <= 1)) outside++;
    else dots += `M${px(left + (side / 2) * (1 + x))} ${px(top + (side / 2) * (1 - y))}h0`;
  }
  return [
    rect(left, top, side, side, 'fill="none" stroke="#bbb"'),
    `<path d="${dots}" fill="none" stroke="${INK}" stroke-width="1.6" stroke-linecap="round" stroke-opacity="0.5"/>`,
    ...(outside > 0
      ? [
          rect(left + side - 60, top + side - 16, 58, 14, 'fill="white" fill-opacity="0.8"'),
          text(left + side - 4, top + side - 5, `${outside} outside`, "end"),
        ]
      : []),
  ].join("\n");
}
