import type * as Plots from "@observablehq/plot";
import type { Markish, PlotOptions } from "@observablehq/plot";
import { px, rect, text, upwards } from "../../svg.ts";
import { DIGIT, fitting } from "./fitting.ts";
import type { Panel, Point, Series } from "./figure.ts";
import type { Scale } from "./scale.ts";
import type { Style } from "./style.ts";

type Plot = typeof Plots;

/** Draws marks, and gives them back as the inside of an SVG element. */
export type Brush = (draw: (plot: Plot) => PlotOptions) => string;

/** What linkedom's window is used for: Plot makes its elements there. The types of web pages are not those of this program. */
interface Page {
  readonly document: object;
}

/** What is used of the element that Plot makes. */
interface Drawing {
  readonly innerHTML: string;
  querySelector(selector: string): { remove(): void } | null;
}

/** Loaded only now: Plot, d3 and a document for them take a quarter of a second, which no other command should wait for. */
export async function takeBrush(): Promise<Brush> {
  const [plot, { parseHTML }] = await Promise.all([
    import("@observablehq/plot"),
    import("linkedom"),
  ]);
  const page = parseHTML("<html></html>") as unknown as Page;
  return (draw) => {
    const drawing = plot.plot({ ...draw(plot), document: page.document }) as unknown as Drawing;
    // The style sheet is for web pages: other readers of SVG do not know its selectors.
    drawing.querySelector("style")?.remove();
    return drawing.innerHTML;
  };
}

export interface PanelPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What stands around the axes, pixels. */
export const MARGIN = { left: 46, right: 8, top: 20, bottom: 22 };
/** Symbols on a line; a longer one has them at every second, third, … point. */
const MOST_SYMBOLS = 12;

export interface PanelRequest {
  readonly panel: Panel;
  readonly place: PanelPlace;
  readonly x: Scale;
  readonly y: Scale;
  readonly styleOf: (series: Series) => Style;
  readonly indexOf: (series: Series) => number;
}

const within = (value: number, { type, domain: [low, high] }: Scale): boolean =>
  value >= low && value <= high && (type === "linear" || value > 0);

/** Points that the scales can show; any other interrupts the line. */
function visible({ points }: Series, { x, y }: PanelRequest): readonly Point[] {
  return points.map((point) =>
    within(point.x, x) && within(point.y, y) ? point : { ...point, y: NaN },
  );
}

/** From − to + one standard error, within the axis: on a logarithmic one a bar may reach to 0. */
const ends = (value: number, error: number | null | undefined, { domain }: Scale) => ({
  low: Math.max(value - (error ?? 0), domain[0]),
  high: Math.min(value + (error ?? 0), domain[1]),
});

function errorMarks(
  plot: Plot,
  series: Series,
  points: readonly Point[],
  request: PanelRequest,
): readonly Markish[] {
  const { colour: stroke } = request.styleOf(series);
  const up = points
    .filter(({ y, yError }) => Number.isFinite(y) && (yError ?? 0) > 0)
    .map(({ x, y, yError }) => ({ x, ...ends(y, yError, request.y) }));
  const along = points
    .filter(({ y, xError }) => Number.isFinite(y) && (xError ?? 0) > 0)
    .map(({ x, y, xError }) => ({ y, ...ends(x, xError, request.x) }));
  const spread = { x: "x", y1: "low", y2: "high" };
  return [
    series.errors === "band"
      ? plot.areaY(up, { ...spread, fill: stroke, fillOpacity: 0.18 })
      : plot.ruleX(up, { ...spread, stroke, strokeWidth: 0.9 }),
    plot.ruleY(along, {
      ...{ y: "y", x1: "low", x2: "high" },
      ...{ stroke, strokeWidth: 0.9 },
    }),
  ];
}

function seriesMarks(plot: Plot, series: Series, request: PanelRequest): readonly Markish[] {
  const style = request.styleOf(series);
  const stroke = { stroke: style.colour, strokeWidth: style.width, strokeDasharray: style.dash };
  if (series.kind === "level") {
    const [low, high] = request.x.domain;
    const y = series.points[0]?.y ?? NaN;
    return [
      plot.line(
        [
          { x: low, y },
          { x: high, y },
        ],
        { x: "x", y: "y", ...stroke },
      ),
    ];
  }
  const points = visible(series, request);
  const line = plot.line(points, { x: "x", y: "y", strokeLinejoin: "round", ...stroke });
  if (series.kind === "theory") return [line];
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const dots = { x: "x", y: "y", stroke: style.colour };
  if (series.kind === "stopped")
    return [line, plot.dot(finite.slice(-1), { ...dots, symbol: "times", r: 4, strokeWidth: 1.5 })];
  const every = Math.ceil(finite.length / MOST_SYMBOLS);
  // Lines that lie on each other have their symbols at different points.
  const marked = finite.filter((_, i) => i % every === request.indexOf(series) % every);
  return [
    ...errorMarks(plot, series, points, request),
    ...(series.connected ? [line] : []),
    plot.dot(marked, {
      ...dots,
      ...(style.symbol && { symbol: style.symbol }),
      fill: style.colour,
      r: 2.7,
      strokeWidth: 0.6,
    }),
  ];
}

/** What stays free beside the axes, so that the label of the last tick, its middle below the tick, ends within the width. */
function rightMargin({ x, place }: PanelRequest): number {
  const along = x.type === "log" ? Math.log : (value: number): number => value;
  const [low, high] = [along(x.domain[0]), along(x.domain[1])];
  const room = place.width - MARGIN.left;
  const needed = x.ticks.map((tick) => {
    const at = (along(tick) - low) / (high - low);
    // Solves margin + (1 − at) · (room − margin) = half a label.
    return ((DIGIT * x.tickFormat(tick).length) / 2 - (1 - at) * room) / at;
  });
  return Math.max(MARGIN.right, ...needed);
}

/** One panel as SVG: its title, frame, axes and series, theory behind what was measured. */
export function drawPanel(brush: Brush, request: PanelRequest): string {
  const { panel, place, x, y } = request;
  const { left, top, width, height } = place;
  const right = rightMargin(request);
  const isMeasured = ({ kind }: Series): boolean => kind === "measured";
  const ordered = panel.series.toSorted((a, b) => Number(isMeasured(a)) - Number(isMeasured(b)));
  const drawing = brush((plot) => ({
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight: right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { type: x.type, domain: [...x.domain], label: null },
    y: { type: y.type, domain: [...y.domain], label: null },
    marks: [
      plot.gridY([...y.ticks], { strokeOpacity: 0.12 }),
      plot.gridX([...x.ticks], { strokeOpacity: 0.12 }),
      plot.axisX([...x.ticks], { text: x.tickFormat, tickSize: 4, label: null }),
      plot.axisY([...y.ticks], { text: y.tickFormat, tickSize: 4, label: null }),
      ...ordered.flatMap((series) => seriesMarks(plot, series, request)),
    ],
  }));
  const across = width - MARGIN.left - right;
  const down = height - MARGIN.top - MARGIN.bottom;
  return [
    `<g class="panel" transform="translate(${px(left)} ${px(top)})" fill="black" color="black">`,
    rect(MARGIN.left, MARGIN.top, across, down, 'fill="none" stroke="#999"'),
    text(MARGIN.left + across / 2, MARGIN.top - 7, panel.title, "middle"),
    ...(panel.yLabel === undefined
      ? []
      : [upwards(-6, MARGIN.top + down / 2, fitting(panel.yLabel, height))]),
    `<g text-anchor="middle">${drawing}</g>`,
    "</g>",
  ].join("\n");
}
