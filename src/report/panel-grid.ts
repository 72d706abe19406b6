import { px, upwards } from "../svg.ts";
import { fitting } from "./figure/fitting.ts";

/** Pixels. Few panels are large; more of them shrink until letters of 11 pixels have 8 points at a width of 12 cm. */
const WIDTH = 480;
const GAP = 8;
const LEFT = 24;
const TOP = 20;
const FONT = 11;
/** Width of a letter by its height. */
const LETTER = 0.56;
export const SIDES = { least: 104, most: 150, gap: GAP, letter: LETTER * FONT } as const;

/** Square panels in rows and columns, each named once. */
export interface PanelGrid {
  readonly rows: readonly string[];
  readonly cols: readonly string[];
  readonly side: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
  /** Top of a row. */
  row(name: string): number;
  column(index: number): { readonly left: number; readonly middle: number };
}

/** Where panels stand, in the order in which their names first appear. */
export function placesOf(
  panels: readonly { readonly row: string; readonly col: string }[],
): PanelGrid {
  const rows = [...new Set(panels.map(({ row }) => row))];
  const cols = [...new Set(panels.map(({ col }) => col))];
  const fits = Math.floor((WIDTH - LEFT) / cols.length) - GAP;
  const side = Math.min(SIDES.most, Math.max(SIDES.least, fits));
  return {
    ...{ rows, cols, side, top: TOP },
    bottom: TOP + rows.length * (side + GAP),
    width: LEFT + cols.length * (side + GAP),
    row: (name) => TOP + rows.indexOf(name) * (side + GAP),
    column(index) {
      const left = LEFT + index * (side + GAP);
      return { left, middle: left + side / 2 };
    },
  };
}

/** A name beside a panel, in smaller letters where it is long, and cut off where these would be too small. */
export function sideName(name: string, side: number, y: number): string {
  const size = Math.min(FONT, Math.max(8, side / (LETTER * name.length)));
  const shown = fitting(name, side, LETTER * size);
  return upwards(LEFT - 8, y, shown, `font-size="${px(size)}"`);
}
