import { document, px, rect, text, upwards } from "../svg.ts";

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

/** Side of a panel and what stands around it, pixels. */
const SIDE = 150;
const GAP = 8;
const LEFT = 24;
const TOP = 20;
const INK = "#1b4f72";

/**
 * Rows of two numbers as clouds of points, one panel for each pair of names, in the order in which these first appear.
 * Panels of one column have one scale, that of the column's first panel, widened by a tenth: put the data first. Points
 * that lie outside are not drawn, and counted in the panel's corner.
 */
export function pointClouds(
  panels: readonly Panel[],
  { most = 1000 }: PointCloudOptions = {},
): string {
  const rows = [...new Set(panels.map(({ row }) => row))];
  const cols = [...new Set(panels.map(({ col }) => col))];
  const parts: string[] = [];
  cols.forEach((col, c) => {
    const inside = panels.filter((panel) => panel.col === col);
    const [first] = inside;
    if (!first) return;
    const scale = square(first.points);
    const left = LEFT + c * (SIDE + GAP);
    parts.push(text(left + SIDE / 2, TOP - 7, col, "middle"));
    for (const { row, points } of inside)
      parts.push(cloud(points, most, scale, left, TOP + rows.indexOf(row) * (SIDE + GAP)));
  });
  rows.forEach((row, r) => {
    parts.push(upwards(LEFT - 8, TOP + r * (SIDE + GAP) + SIDE / 2, row));
  });
  const across = LEFT + cols.length * (SIDE + GAP);
  return document(across, TOP + rows.length * (SIDE + GAP), parts);
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
  left: number,
  top: number,
): string {
  const count = Math.min(most, points.length / 2);
  let outside = 0;
  let dots = "";
  for (let i = 0; i < count; i++) {
    const x = ((points[2 * i] ?? NaN) - centre[0]) / half;
    const y = ((points[2 * i + 1] ?? NaN) - centre[1]) / half;
    // Written so that NaN is outside.
    if (!(Math.abs(x) <= 1 && Math.abs(y) <= 1)) outside++;
    else dots += `M${px(left + (SIDE / 2) * (1 + x))} ${px(top + (SIDE / 2) * (1 - y))}h0`;
  }
  return [
    rect(left, top, SIDE, SIDE, 'fill="none" stroke="#bbb"'),
    `<path d="${dots}" fill="none" stroke="${INK}" stroke-width="1.6" stroke-linecap="round" stroke-opacity="0.5"/>`,
    ...(outside > 0 ? [text(left + SIDE - 4, top + SIDE - 5, `${outside} outside`, "end")] : []),
  ].join("\n");
}
