import { mean, standardError } from "../math/statistics.ts";

/** The mean moves by more than so many standard errors of the other rows. */
const ERRORS = 5;

/**
 * What the user should know where a single test row decides about an NLL: models extrapolate, and one row far out can outweigh
 * thousands. The mean stays as it is.
 *
 * @param logProb log p of each row, nats
 * @param ids numbers of the rows in the data set
 */
export function decidingRow(
  name: string,
  logProb: Float64Array,
  ids: Int32Array,
): string | undefined {
  const worst = logProb.reduce((w, value, i) => (value < (logProb[w] ?? NaN) ? i : w), 0);
  const others = logProb.filter((_, i) => i !== worst);
  const [all, rest] = [-mean(logProb), -mean(others)];
  if (others.length < 2 || !(all - rest > ERRORS * standardError(others))) return undefined;
  const written = (value: number): string =>
    Math.abs(value) < 1e6 ? String(Number(value.toPrecision(5))) : value.toExponential(2);
  return (
    `${name}: row ${ids[worst] ?? worst} alone, with −log p of ${written(-(logProb[worst] ?? NaN))} nats, ` +
    `moves the mean of ${logProb.length} rows from ${written(rest)} to ${written(all)} nats`
  );
}
