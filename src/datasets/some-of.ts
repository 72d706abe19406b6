/** More names than these say nothing more, and bury what stands behind them: images have thousands. */
const MOST = 10;

/** The names for a message; of many the first, and how many more there are. */
export const someOf = (names: readonly string[]): string =>
  names.length <= MOST
    ? names.join(", ")
    : `${names.slice(0, MOST).join(", ")} and ${names.length - MOST} more`;
