/**
 * Data or its options are wrong and the user can cure it: one line with the place, what was expected, what came and
 * what to do. The runner ends with exit code 2.
 */
export class DataError extends Error {
  override readonly name = "DataError";
}
