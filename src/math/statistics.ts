/** ln Σ exp(x), without overflow; −Infinity for no values. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] ?? -Infinity);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] ?? -Infinity) - largest);
  return largest + Math.log(sum);
}

/** Arithmetic mean; NaN for no values. Non-finite values are not dropped. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? NaN;
  return sum / values.length;
}

/** Standard error of the mean, √(Σ(x − mean)² / (n(n − 1))); NaN for fewer than two values. */
export function standardError(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? NaN) - centre) ** 2;
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length * (values.length - 1)));
}
