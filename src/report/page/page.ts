import { createHash } from "node:crypto";
import type { RunRecord } from "../../record.ts";
import type { ReadRowValues } from "../row-values.ts";
import { comparison } from "./comparison.ts";
import { differences } from "./differences.ts";
import { failures, notes, type Logged } from "./failures.ts";
import { h, raw, type Markup } from "./markup.ts";
import { origin } from "./origin.ts";
import { runList } from "./run-list.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

export interface PageFigure {
  readonly title: string;
  /** What the figure shows, in words. */
  readonly alt: string;
  readonly svg: string;
}

/** All that a page is made of; texts of any origin. */
export interface Report {
  readonly title: string;
  readonly records: readonly RunRecord[];
  /** Runs without a result. */
  readonly unfinished: number;
  readonly lost: readonly Logged[];
  readonly figures: readonly PageFigure[];
  /** What was typed for each sweep. */
  readonly sweeps: readonly string[];
  readonly read: ReadRowValues;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

function lead({ records, unfinished }: Report): string {
  const of = (status: RunRecord["status"]): number =>
    records.filter((record) => record.status === status).length;
  const distinct = (key: "family" | "dataset"): number => new Set(records.map((r) => r[key])).size;
  const seeds = new Set(records.map(({ seed }) => seed)).size;
  const states = [
    `${of("done")} done`,
    ...(of("diverged") > 0 ? [`${of("diverged")} diverged`] : []),
    ...(of("failed") > 0 ? [`${of("failed")} failed`] : []),
    ...(unfinished > 0 ? [`${unfinished} without a result yet`] : []),
  ].join(", ");
  const families = distinct("family") === 1 ? "1 family" : `${distinct("family")} families`;
  return `${count(records.length + unfinished, "run")} (${states}): ${families}, ${count(distinct("dataset"), "data set")}, ${count(seeds, "seed")}.`;
}

/** In an image of its own, so that nothing in it can reach the page, nor names in it meet those of another. */
const figure = ({ title, alt, svg }: PageFigure): Markup =>
  h(
    "figure",
    {},
    h("img", { src: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`, alt }),
    h("figcaption", {}, title),
  );

/**
 * One page of HTML that holds all there is and loads nothing: tables, figures, the list of runs, in what they differ, what failed and why,
 * and where the numbers come from. A policy allows its own script and images and nothing else.
 */
export function page(report: Report): string {
  const { title, records, lost, figures, sweeps, read } = report;
  const hash = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'`;
  const sections: readonly (readonly [id: string, title: string, body: Markup])[] = [
    ["comparison", "Comparison", comparison(records, read)],
    ...(figures.length > 0
      ? [["figures", "Figures", h("div", { class: "figures" }, figures.map(figure))] as const]
      : []),
    ["all-runs", "All runs", runList(records)],
    ["differences", "In what the runs differ", differences(records)],
    ["failures", "Failures", failures(lost)],
    ["notes", "Notes", notes(records)],
    ["origin", "Where the numbers come from", origin(records, sweeps)],
  ];
  const head = [
    h("meta", { charset: "utf-8" }),
    h("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("title", {}, `${title} – Flowmeter`),
    h("style", {}, raw(STYLE)),
  ];
  const body = [
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, lead(report))),
    h(
      "nav",
      { "aria-label": "Sections" },
      sections.map(([id, name]) => h("a", { href: `#${id}` }, name)),
    ),
    h(
      "main",
      {},
      sections.map(([id, name, content]) =>
        h(
          "section",
          { id, "aria-labelledby": `${id}-title` },
          h("h2", { id: `${id}-title` }, name),
          content,
        ),
      ),
    ),
    h("script", {}, raw(SCRIPT)),
  ];
  const whole = h("html", { lang: "en" }, h("head", {}, head), h("body", {}, body));
  return `<!doctype html>\n${whole.html}\n`;
}
