/** How a coupling divides a row of D numbers: the skipped ones pass through and condition the active ones. */
export interface Split {
  readonly skipped: number;
  readonly active: number;
  /** The active entries stand first; by default the skipped ones do. */
  readonly activeFirst?: boolean;
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

/** The other side of a split: what was active is skipped. */
export const swapped = ({ skipped, active, activeFirst = false }: Split): Split => ({
  skipped: active,
  active: skipped,
  activeFirst: !activeFirst,
});
