import type { Family } from "../src/model.ts";

const START = "<!-- families: npm run readme -->";
const END = "<!-- /families -->";

const dataOf = ({ tabular, image }: Family["supports"]): string =>
  [tabular ? "tables" : "", image ? "images" : ""].filter((word) => word !== "").join(", ");

/** Text that keeps its place in a cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The families as a Markdown table, columns as wide as their widest cell, as Prettier writes it. */
export function familyTable(families: readonly Family[]): string {
  const head = ["family", "", "paper", "data", "conditional"];
  const rows = families.map(({ name, summary, paper, supports }) =>
    [`\`${name}\``, summary, paper, dataOf(supports), supports.conditional ? "yes" : "no"].map(
      cell,
    ),
  );
  const widths = head.map((title, i) =>
    Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** The text with the table between its markers; throws where they are missing. */
export function withFamilyTable(text: string, families: readonly Family[]): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start)
    throw new Error(`README.md: expected the lines ${START} and ${END}, in this order.`);
  return `${text.slice(0, start + START.length)}\n\n${familyTable(families)}\n\n${text.slice(end)}`;
}
