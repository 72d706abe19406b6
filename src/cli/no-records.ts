/** What to tell about folders without a record. */
export const noRecords = (dirs: readonly string[]): string =>
  `There are no records in ${dirs.join(", ")}; give the folders of runs or sweeps that have ended, such as runs/ (what a folder holds: flowmeter status FOLDER).`;
