import type { PairedTest } from "../math/paired-t-test.ts";
import type { EntryComparison, MetricDifference } from "../report/compare/compare-entries.ts";
import type { DifferingValue } from "../report/compare/differing-values.ts";

/** Columns of text, the first to the left and, where `numbers`, the others to the right. */
function align(rows: readonly (readonly string[])[], numbers: boolean): readonly string[] {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => row[j]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, j) =>
        numbers && j > 0 ? cell.padStart(widths[j] ?? 0) : cell.padEnd(widths[j] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

const valueText = (value: unknown): string => (value === undefined ? "–" : JSON.stringify(value));

const withOrigin = (value: unknown, origin: string | undefined): string =>
  `${valueText(value)}${origin === undefined ? "" : ` (${origin})`}`;

const configurationText = (rows: readonly DifferingValue[]): readonly string[] =>
  rows.length === 0
    ? ["A and B have the same configuration."]
    : align(
        [
          ["key", "A", "B"],
          ...rows.map(({ key, a, b, originA, originB }) => [
            ...[key, withOrigin(a, originA), withOrigin(b, originB)],
          ]),
        ],
        false,
      );

/** So many decimals that the error has two digits; four digits where it is unknown. */
function decimals(value: number, error: number | undefined): number {
  const scale = error !== undefined && error > 0 ? error / 10 : Math.abs(value) / 1000;
  return scale > 0 ? Math.min(8, Math.max(0, -Math.floor(Math.log10(scale)))) : 4;
}

const minus = (text: string): string => text.replace(/^-/, "−");
const signed = (x: number, digits: number): string =>
  minus(`${x > 0 ? "+" : ""}${x.toFixed(digits)}`);

const pText = ({ p }: PairedTest): string =>
  p === 0 ? "< 1e-300" : p < 1e-4 ? p.toExponential(0) : p.toPrecision(2);

const testText = (test: PairedTest | null, digits: number): string =>
  test === null ? "–" : `± ${test.stderr.toFixed(digits)}, p ${pText(test)}`;

/** Where one row has most of the squares the test means nothing, and its p is not shown. */
const rowsText = ({ rows, ruledByOneRow }: MetricDifference, digits: number): string =>
  ruledByOneRow ? "one row decides" : testText(rows, digits);

function metricRow(m: MetricDifference): readonly string[] {
  // Counts, such as that of the parameters.
  const whole = m.seeds === null && Number.isInteger(m.a) && Number.isInteger(m.b);
  const digits = whole ? 0 : decimals(m.difference, m.seeds?.stderr ?? m.rows?.stderr);
  const name = `${m.metric}${m.marks.length > 0 ? ` (${m.marks.join(", ")})` : ""}`;
  const numbers = [minus(m.a.toFixed(digits)), minus(m.b.toFixed(digits))];
  return [
    ...[name, ...numbers, signed(m.difference, digits)],
    ...[testText(m.seeds, digits), rowsText(m, digits), m.unit ?? ""],
  ];
}

/** The seeds of a pair, in words, with what is not paired. */
function seedText({ seeds, onlyA, onlyB, incomparable }: EntryComparison): readonly string[] {
  const list = (of: readonly number[]) => of.join(", ");
  const common =
    seeds.length === 0
      ? "No seed is done on both sides: nothing is paired, so no test is made; means are over each side's own seeds."
      : `Paired over ${seeds.length === 1 ? "seed" : `${seeds.length} seeds:`} ${list(seeds)}.`;
  return [
    incomparable === null
      ? common
      : `Not comparable: ${incomparable}. No test is made; means are over each side's own seeds.`,
    ...(onlyA.length > 0 ? [`Only in A: seed ${list(onlyA)}.`] : []),
    ...(onlyB.length > 0 ? [`Only in B: seed ${list(onlyB)}.`] : []),
  ];
}

function metricsText({ metrics }: EntryComparison): readonly string[] {
  const equal = metrics.filter(({ difference }) => difference === 0);
  const others = metrics.filter(({ difference }) => difference !== 0);
  const header = ["metric", "A", "B", "B − A", "over seeds", "over test rows", "unit"];
  return [
    ...(others.length === 0 ? [] : align([header, ...others.map(metricRow)], true)),
    ...(equal.length === 0 ? [] : [`Equal: ${equal.map(({ metric }) => metric).join(", ")}.`]),
  ];
}

/** A comparison for a reader: configurations, then numbers, for each pair of configurations. */
export function comparisonText(
  found: readonly EntryComparison[],
  [a, b]: readonly [string, string],
): string {
  const texts = found.map(({ configuration }) => configurationText(configuration).join("\n"));
  const same = new Set(texts).size === 1;
  const blocks = found.map((one, i) =>
    [
      ...(one.label === "" ? [] : [`## ${one.label}`, ""]),
      ...(same ? [] : [texts[i] ?? "", ""]),
      ...[...seedText(one), ...one.notes.map((text) => `${text}.`), "", ...metricsText(one)],
    ].join("\n"),
  );
  return [
    ...[`A  ${a}`, `B  ${b}`, ""],
    ...(same ? [texts[0] ?? "", ""] : []),
    blocks.join("\n\n"),
    "",
    "± is the standard error of B − A and p that of a two-sided paired t-test: over seeds with the variation of training, over test rows with that of the test set.",
  ].join("\n");
}
