import type { RunRecord } from "../../record.ts";
import { usualAxes } from "../axes.ts";
import { Incomparable } from "../comparable.ts";
import { tableMarkup } from "../formats/html.ts";
import { metricNames } from "../observation.ts";
import type { ReadRowValues } from "../row-values.ts";
import { makeTable } from "../table.ts";
import { h, type Markup } from "./markup.ts";

/** Metrics that get a table of their own where there are such numbers, in this order. */
const SHOWN = [
  ...["test_nll", "kl", "bits_per_dim", "test_nll_encoder", "test_nll_standardised"],
  ...["c2st", "mmd", "sliced_wasserstein", "sbc", "coverage", "ideal_map", "reconstruction"],
  ...["seconds", "millisecondsPerRow"],
];

/** A table for each metric, the first one open; what does not belong side by side as the reason instead. */
export function comparison(records: readonly RunRecord[], read: ReadRowValues): Markup {
  const axes = usualAxes(records);
  const there = metricNames(records, false);
  const metrics = SHOWN.filter((metric) => there.includes(metric));
  const table = (metric: string): Markup => {
    try {
      return tableMarkup(makeTable(records, { ...axes, metric, read }));
    } catch (error) {
      if (!(error instanceof Incomparable)) throw error;
      return h("p", { class: "reason" }, `No table: ${error.message}`);
    }
  };
  if (metrics.length === 0) return h("p", {}, "No run is done yet.");
  return h(
    "div",
    {},
    metrics.map((metric, i) =>
      h(
        "details",
        { open: i < 2 ? true : undefined },
        h("summary", {}, metric),
        h(
          "div",
          { class: "wide", tabindex: 0, role: "region", "aria-label": metric },
          table(metric),
        ),
      ),
    ),
  );
}
