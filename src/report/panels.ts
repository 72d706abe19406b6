import type { RunRecord } from "../record.ts";
import { groupBy } from "../math/group-by.ts";
import { axisLabel, axisTexts, linesOf, type Line, type LineAxes } from "./lines.ts";

/** What stands in one panel. */
export interface PanelRecords {
  readonly title: string;
  readonly records: readonly RunRecord[];
  readonly lines: readonly Line[];
}

/** Records by panel and line. Lines are told apart over all panels, so that each has one name. */
export function panelsOf(records: readonly RunRecord[], axes: LineAxes): readonly PanelRecords[] {
  const lines = linesOf(records, axes);
  const texts = axisTexts(records, axes.panels);
  return [...groupBy(records, (_, i) => texts[i] ?? "")].map(([text, members]) => ({
    title: axisLabel(axes.panels, text),
    records: members,
    lines: lines
      .map((line) => ({ ...line, records: line.records.filter((r) => members.includes(r)) }))
      .filter((line) => line.records.length > 0),
  }));
}
