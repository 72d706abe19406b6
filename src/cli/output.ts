import { EXIT } from "./exit-codes.ts";

const stdout = { closed: false, isAll: true };

/** Said by commands that do more than print: they go on when nobody reads their output any more. */
export const outliveStdout = (): void => {
  stdout.isAll = false;
};

/**
 * A reader that has seen enough, such as `head`, closes the pipe: no reason for a stack, and the end of a command that only prints.
 * A disk that is full has lost what was printed, which the exit code says. Messages that nobody reads are no loss to any.
 */
export function listenForClosedPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (stdout.closed) return;
    stdout.closed = true;
    const code = error.code === "EPIPE" ? EXIT.good : EXIT.store;
    if (code !== EXIT.good)
      note(`cannot write the output: ${error.message}; make room, or write to another place.`);
    if (stdout.isAll) process.exit(code);
    // What else goes wrong until the end has a code of its own.
    process.once("exit", (ended) => {
      if (ended === EXIT.good) process.exitCode = code;
    });
  });
  process.stderr.on("error", () => undefined);
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
