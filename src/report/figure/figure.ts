/** A figure of lines and points, before it is drawn: what stands in it, not where or in which colour. */
export interface Figure {
  readonly x: Axis;
  readonly y: Axis & {
    /** All panels have one scale, so that heights can be compared between them. */
    readonly shared: boolean;
  };
  readonly panels: readonly Panel[];
  /** What error bars are, how many runs are left out, and why. Stands below the figure. */
  readonly notes: readonly string[];
}

export interface Axis {
  /** With its unit; empty where each panel has its own. */
  readonly label: string;
  /** auto: logarithmic where all that was measured is above 0 and spans a factor of more than 20. */
  readonly scale: "linear" | "log" | "auto";
  /** Numbers that are on the axis in any case. */
  readonly range?: readonly number[];
  /** The axis reaches over the means that were measured; errors and theory beyond it are cut off. */
  readonly byMeans?: boolean;
  /** Where labels stand, in place of round numbers. */
  readonly ticks?: readonly number[];
}

export interface Panel {
  readonly title: string;
  /** Where panels have y axes of their own; the figure's label is empty then. */
  readonly yLabel?: string;
  readonly series: readonly Series[];
}

/**
 * How a series is drawn. measured: a line with symbols and errors. theory: a thin dashed line. level: the same, all across the
 * panel at the height of its one point. stopped: a thin line that ends in a cross, of a run that came to no good end.
 */
export type SeriesKind = "measured" | "theory" | "level" | "stopped";

export interface Series {
  /** What the legend calls it; series of one name look alike in all panels. */
  readonly name: string;
  readonly kind: SeriesKind;
  /** Name of the measured series whose colour it takes; black without. */
  readonly of?: string;
  /** Errors as a band around the line, or as a bar at each point. */
  readonly errors: "band" | "bars";
  /** Whether a line leads from point to point. */
  readonly connected: boolean;
  readonly points: readonly Point[];
}

/** A point; one that is not finite interrupts the line. */
export interface Point {
  readonly x: number;
  readonly y: number;
  /** Standard errors; null where they are not known. */
  readonly xError?: number | null;
  readonly yError?: number | null;
}

/** Nothing of what was given can stand in the figure; the message says why. */
export class NothingToDraw extends Error {
  override readonly name = "NothingToDraw";
}
