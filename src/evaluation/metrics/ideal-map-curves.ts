import { document, path, rect, text, upwards } from "../../svg.ts";
import type { ConditionalMap, Grid } from "./conditional-map.ts";

export interface Curves {
  readonly learned: ConditionalMap;
  readonly ideal: ConditionalMap;
  readonly grid: Grid;
  readonly columns: readonly string[];
  /** Largest |z| that is drawn. */
  readonly reach: number;
}

/** Pixels. */
const SIZE = { side: 300, left: 48, right: 14, top: 14, bottom: 62 };
/** Shares of the rows with a smaller x₁, not symmetric since data may be, each with a colour (Okabe & Ito's, which the colour-blind can tell apart). */
const LINES = [
  [0.05, "#0072B2"],
  [0.25, "#E69F00"],
  [0.5, "#009E73"],
  [0.65, "#D55E00"],
  [0.85, "#CC79A7"],
] as const;

const written = (value: number): string => {
  const digits = value.toFixed(1);
  return digits === "-0.0" ? "0.0" : digits.replace("-", "−");
};

/** z₂ over x₂ at five values of x₁ as an SVG document: the learned map, and dashed in black the ideal one. */
export function idealMapCurves({ learned, ideal, grid, columns, reach }: Curves): string {
  const { side, left, right, top, bottom } = SIZE;
  const { x1, from, width, cells } = grid;
  const chosen = LINES.map(([share, colour]) => ({ i: Math.floor(share * x1.length), colour }));
  const x2 = (j: number): number => from + (j + 1) * width;
  /** Cells of a line where the ideal map is within reach. */
  const drawn = (i: number): number[] =>
    Array.from({ length: cells }, (_, j) => j).filter(
      (j) => Math.abs(ideal.z[i * cells + j] ?? NaN) <= reach,
    );
  const all = chosen.flatMap(({ i }) => drawn(i)).map(x2);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const place = (x: number, z: number) =>
    [left + (side * (x - low)) / (high - low), top + (side * (reach - z)) / (2 * reach)] as const;
  const curve = ({ z }: ConditionalMap, i: number) =>
    drawn(i)
      .filter((j) => Math.abs(z[i * cells + j] ?? NaN) <= reach)
      .map((j) => place(x2(j), z[i * cells + j] ?? 0));
  const xTicks = [0, 0.5, 1].map((share) => low + share * (high - low));
  return document(left + side + right, top + side + bottom, [
    rect(left, top, side, side, 'fill="none" stroke="#333"'),
    ...chosen.flatMap(({ i, colour }) => [
      path(curve(learned, i), `fill="none" stroke="${colour}" stroke-width="2"`),
      path(curve(ideal, i), 'fill="none" stroke="black" stroke-dasharray="3 3"'),
    ]),
    ...[-reach, 0, reach].map((z) =>
      text(left - 4, place(low, z)[1] + 4, String(z).replace("-", "−"), "end"),
    ),
    ...xTicks.map((x) => text(place(x, 0)[0], top + side + 14, written(x), "middle")),
    ...chosen.flatMap(({ i, colour }, k) => [
      rect(left + 8, top + 11 + 15 * k, 16, 2, `fill="${colour}"`),
      text(left + 30, top + 16 + 15 * k, `${columns[0] ?? "x1"} = ${written(x1[i] ?? NaN)}`),
    ]),
    text(left + side / 2, top + side + 30, columns[1] ?? "x2", "middle"),
    upwards(left - 28, top + side / 2, `z given ${columns[0] ?? "x1"}, standard deviations`),
    text(left, top + side + 50, "coloured: learned; dashed: ideal"),
  ]);
}
