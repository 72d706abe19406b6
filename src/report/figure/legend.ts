import type { Markish } from "@observablehq/plot";
import { text } from "../../svg.ts";
import type { Brush } from "./draw-panel.ts";
import { fitting, LETTER } from "./fitting.ts";
import type { LegendEntry } from "./style.ts";

/** Length of the sample of a line, and the space behind it, pixels. */
const SAMPLE = 30;
const GAP = 6;
const LINE = 17;
export interface Legend {
  readonly height: number;
  /** As SVG with its upper left corner there. */
  draw(left: number, top: number): string;
}

/** The legend as part of the picture, in as many columns as fit. */
export function legendOf(brush: Brush, entries: readonly LegendEntry[], width: number): Legend {
  const longest = Math.max(0, ...entries.map(({ name }) => name.length));
  const needed = SAMPLE + GAP + longest * LETTER + 12;
  const columns = Math.min(Math.max(1, Math.floor(width / needed)), Math.max(1, entries.length));
  const lines = Math.ceil(entries.length / columns);
  const column = width / columns;
  // Down the columns, so that what belongs together stays together.
  const places = entries.map((entry, i) => ({
    entry,
    x: Math.floor(i / lines) * column,
    y: (i % lines) * LINE + LINE / 2,
  }));
  const height = lines * LINE;
  const identity = { type: "identity" as const, axis: null };
  return {
    height,
    draw(left, top) {
      const samples = brush((plot) => ({
        width,
        height: Math.max(height, 1),
        margin: 0,
        x: identity,
        y: identity,
        marks: places.flatMap(({ entry: { style }, x, y }): Markish[] => {
          const { colour: stroke, dash: strokeDasharray, width: strokeWidth, symbol } = style;
          const ends: [number, number][] = [
            [x, y],
            [x + SAMPLE, y],
          ];
          const line = plot.line(ends, { stroke, strokeDasharray, strokeWidth });
          const middle: [number, number] = [x + SAMPLE / 2, y];
          return symbol === undefined
            ? [line]
            : [line, plot.dot([middle], { symbol, fill: stroke, stroke, r: 2.7 })];
        }),
      }));
      return [
        `<g class="legend" transform="translate(${left} ${top})">`,
        samples,
        ...places.map(({ entry: { name }, x, y }) =>
          text(x + SAMPLE + GAP, y + 4, fitting(name, column - SAMPLE - GAP)),
        ),
        "</g>",
      ].join("\n");
    },
  };
}
