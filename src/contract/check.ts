/** One property that must hold; runs in any test runner. Throws, with what was expected and what came. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}

export const check = (name: string, run: () => Promise<void> | void): Check => ({
  name,
  // What is thrown at once rejects as well.
  run: async () => {
    await run();
  },
});

/** Throws unless every entry is within `tolerance` of the expected one, relative to max(1, |expected|). */
export const expectClose = (
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void => {
  expectRowsClose(what, got, expected, [tolerance]);
};

/** As expectClose, with a tolerance for each row of a table, or one for all. */
export function expectRowsClose(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerances: ArrayLike<number>,
): void {
  if (got.length !== expected.length)
    throw new Error(`${what}: expected ${expected.length} numbers, got ${got.length}.`);
  const size = got.length / tolerances.length;
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i] ?? NaN, expected[i] ?? NaN];
    const tolerance = tolerances[Math.floor(i / size)] ?? NaN;
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    // Written so that NaN fails.
    if (!(error <= tolerance))
      throw new Error(
        `${what}: entry ${i} is ${a}, expected ${b}; relative error ${error.toExponential(1)} > ${tolerance.toExponential(1)}.`,
      );
  }
}

/** Throws with this message unless the condition holds. */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
