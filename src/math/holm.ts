/**
 * p values adjusted for being several (Holm 1979, A simple sequentially rejective multiple test procedure): the smallest of m
 * times m, the next times m − 1 but no smaller than the one before, …, none above 1. To reject where the result is at most α
 * errs on any true hypothesis with a probability of at most α.
 *
 * @returns in the order of the argument
 */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] ?? NaN) - (ps[b] ?? NaN));
  const adjusted = new Array<number>(ps.length).fill(NaN);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (ps[index] ?? NaN) * (ps.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
