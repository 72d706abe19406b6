/** What a slow test has found. */
export interface Report {
  readonly good: boolean;
  readonly rows: Readonly<Record<string, string | number>>;
}

/** A page of results: what was run, where, and a table. */
export const reportPage = (
  title: string,
  about: string,
  machine: string,
  { rows, good }: Report,
): string =>
  [
    `# ${title}`,
    "",
    about,
    "",
    `${machine}. ${good ? "All as it must be." : "**Not as it must be.**"}`,
    "",
    "|  |  |",
    "| --- | ---: |",
    ...Object.entries(rows).map(([name, value]) => `| ${name} | ${value} |`),
    "",
  ].join("\n");
