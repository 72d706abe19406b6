/**
 * For `assert.throws(f, saying("…"))`: the error's message contains this text. uvu takes a plain text as the message of the
 * assertion and compares nothing with it.
 */
export const saying =
  (text: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.message.includes(text);
