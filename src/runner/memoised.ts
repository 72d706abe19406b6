/** A function that computes at its first call and gives the same value from then on. */
export function memoised<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: compute() }).value;
}
