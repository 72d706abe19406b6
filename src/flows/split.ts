/** How a coupling divides a row of D numbers: the first `skipped` pass through and condition the last `active`. */
export interface Split {
  readonly skipped: number;
  readonly active: number;
}

/** ⌊D/2⌋ skipped, the rest active: an odd D gives the larger part to the active side. */
export function halves(dim: number): Split {
  if (dim < 2)
    throw new Error(
      `coupling: expected at least 2 dimensions, got ${dim}; one part conditions the other.`,
    );
  const skipped = Math.floor(dim / 2);
  return { skipped, active: dim - skipped };
}
