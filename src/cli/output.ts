/** Data, for other programs: stdout. */
export const print = (text: string): void => {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
};

/** Progress and messages, for people: stderr. */
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Whether to draw: a terminal on stderr, and no wish for plain text. */
export const isLively = (): boolean =>
  process.stderr.isTTY && process.env["NO_COLOR"] === undefined && process.env["CI"] === undefined;
