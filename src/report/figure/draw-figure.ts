import { document as page, text, upwards } from "../../svg.ts";
import { drawPanel, MARGIN, takeBrush } from "./draw-panel.ts";
import { NothingToDraw, type Figure, type Panel } from "./figure.ts";
import { fitting, wrapped } from "./fitting.ts";
import { legendOf } from "./legend.ts";
import { labelsAcross, scaleOf } from "./scale.ts";
import { stylesOf } from "./style.ts";

/** Pixels. At a width of 12 cm the letters, 11 pixels high, have 8 points. */
const WIDTH = 480;
/** Labels of a y axis, about. */
const LABELS_UP = 5;
/** Room for what a y axis is called. */
const LABEL = 18;
const NOTE = { line: 13, letters: 92, size: 9.5 };

const drawable = ({ scale }: Figure["y"], value: number): boolean =>
  Number.isFinite(value) && (scale !== "log" || value > 0);

/** Panels without a point are left out, with a note each. */
function filled(figure: Figure): {
  readonly panels: readonly Panel[];
  readonly notes: readonly string[];
} {
  const has = (panel: Panel): boolean =>
    panel.series.some((s) => s.points.some(({ y }) => drawable(figure.y, y)));
  const empty = figure.panels.filter((panel) => !has(panel));
  return {
    panels: figure.panels.filter(has),
    notes: empty.map(({ title }) => `No number to draw: ${title}.`),
  };
}

/** Where values are that a logarithmic axis cannot show. */
function belowZero({ y, panels }: Figure): readonly string[] {
  if (y.scale !== "log") return [];
  const found = panels.flatMap(({ series }) =>
    series
      .filter(({ kind, points }) => kind === "measured" && points.some((point) => point.y <= 0))
      .map(({ name, points }) => `${name} (${points.filter((p) => p.y <= 0).length})`),
  );
  if (found.length === 0) return [];
  return [`Points at or below 0, which this axis does not have: ${found.join(", ")}.`];
}

/**
 * A figure as SVG: panels side by side in two columns, one legend and the notes below.
 *
 * @throws NothingToDraw if no panel has a number that can be drawn
 */
export async function drawFigure(given: Figure): Promise<string> {
  const { panels, notes: empty } = filled(given);
  if (panels.length === 0)
    throw new NothingToDraw(["there is no number to draw.", ...given.notes].join(" "));
  const figure = { ...given, panels };
  const brush = await takeBrush();
  const { styleOf, indexOf, legend: entries } = stylesOf(figure);
  const columns = Math.min(2, panels.length);
  const own = panels.some(({ yLabel }) => yLabel !== undefined) ? LABEL : 0;
  const left = own > 0 ? 0 : LABEL;
  const width = (WIDTH - left) / columns - own;
  const height = columns === 1 ? 270 : 205;
  const parts = panels.map((panel, i) =>
    drawPanel(brush, {
      panel: { ...panel, title: fitting(panel.title, width - MARGIN.left) },
      place: {
        left: left + own + (i % columns) * (own + width),
        top: Math.floor(i / columns) * height,
        width,
        height,
      },
      x: scaleOf([panel], "x", figure.x, labelsAcross(panel, width - MARGIN.left)),
      y: scaleOf(figure.y.shared ? panels : [panel], "y", figure.y, LABELS_UP),
      styleOf,
      indexOf,
    }),
  );
  const rows = Math.ceil(panels.length / columns);
  let top = rows * height;
  if (figure.y.label !== "") parts.push(upwards(12, top / 2, fitting(figure.y.label, top)));
  parts.push(text(left + (WIDTH - left) / 2 + MARGIN.left / 2, top + 11, figure.x.label, "middle"));
  top += 24;
  const legend = legendOf(brush, entries, WIDTH - 2 * MARGIN.right);
  parts.push(legend.draw(MARGIN.right, top));
  top += legend.height + 14;
  const notes = [...figure.notes, ...belowZero(given), ...empty].flatMap((note) =>
    wrapped(note, NOTE.letters),
  );
  parts.push(`<g class="notes" font-size="${NOTE.size}" fill="#333">`);
  notes.forEach((line, i) => parts.push(text(MARGIN.right, top + i * NOTE.line, line)));
  parts.push("</g>");
  return page(WIDTH, Math.ceil(top + notes.length * NOTE.line), parts);
}
