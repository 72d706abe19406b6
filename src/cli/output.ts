import { EXIT } from "./exit-codes.ts";

const stdout = { closed: false, isAll: true };

/** Said by commands that do more than print: they go on when nobody reads their output any more. */
export const outliveStdout = (): void => {
  stdout.isAll = false;
};

/**
 * A reader that has seen enough, such as `head`, closes the pipe: no reason for a stack, and the end of a command that only prints.
 * Messages that nobody reads are no loss to any.
 */
export function listenForClosedPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    if (stdout.isAll) process.exit(EXIT.good);
    stdout.closed = true;
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Data, for other programs: stdout. */
export const print = (text: string): void => {
  if (!stdout.closed) process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
};

/** Progress and messages, for people: stderr. */
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Whether to draw: a terminal on stderr, and no wish for plain text. */
export const isLively = (): boolean =>
  process.stderr.isTTY && process.env["NO_COLOR"] === undefined && process.env["CI"] === undefined;
