import { document, px, rect, text, upwards } from "../svg.ts";
import { fitting } from "./figure/fitting.ts";
import { numeral } from "./figure/scale.ts";

/** Points [N, 2] of one panel, row-major. */
export interface Panel {
  readonly row: string;
  readonly col: string;
  readonly points: ArrayLike<number>;
}

export interface PointCloudOptions {
  /** Points drawn of each panel, the first ones. */
  readonly most?: number;
}

/** Pixels. Few panels are large; more of them shrink until letters of 11 pixels have 8 points at a width of 12 cm. */
const WIDTH = 480;
const SIDE = { least: 104, most: 150 };
const GAP = 8;
const LEFT = 24;
const TOP = 20;
const BOTTOM = 20;
const INK = "#1b4f72";
const FONT = 11;
/** Width of a letter by its height. */
const LETTER = 0.56;

/** A name beside a panel, in smaller letters where it is long, and cut off where these would be too small. */
function sideName(name: string, side: number, y: number): string {
  const size = Math.min(FONT, Math.max(8, side / (LETTER * name.length)));
  const shown = fitting(name, side, LETTER * size);
  return upwards(LEFT - 8, y, shown, `font-size="${px(size)}"`);
}

/**
 * Rows of two numbers as clouds of points, one panel for each pair of names, in the order in which these first appear.
 * Panels of one column have one scale, that of the column's first panel, widened by a tenth: put the data first. Their side in
 * units of the rows stands below. Points that lie outside are not drawn, and counted in the panel's corner.
 */
export function pointClouds(
  panels: readonly Panel[],
  { most = 1000 }: PointCloudOptions = {},
): string {
  const rows = [...new Set(panels.map(({ row }) => row))];
  const cols = [...new Set(panels.map(({ col }) => col))];
  const fits = Math.floor((WIDTH - LEFT) / cols.length) - GAP;
  const side = Math.min(SIDE.most, Math.max(SIDE.least, fits));
  const parts: string[] = [];
  const bottom = TOP + rows.length * (side + GAP);
  cols.forEach((col, c) => {
    const inside = panels.filter((panel) => panel.col === col);
    const [first] = inside;
    if (!first) return;
    const scale = square(first.points);
    const left = LEFT + c * (side + GAP);
    parts.push(text(left + side / 2, TOP - 7, fitting(col, side + GAP, LETTER * FONT), "middle"));
    for (const { row, points } of inside) {
      const top = TOP + rows.indexOf(row) * (side + GAP);
      parts.push(cloud(points, most, scale, { left, top, side }));
    }
    const units = Number((2 * scale.half).toPrecision(2));
    parts.push(text(left + side / 2, bottom + 6, `side: ${numeral(units)}`, "middle"));
  });
  rows.forEach((row, r) => {
    parts.push(sideName(row, side, TOP + r * (side + GAP) + side / 2));
  });
  const across = LEFT + cols.length * (side + GAP);
  return document(across, bottom + BOTTOM, parts);
}

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
