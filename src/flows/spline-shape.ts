import { ModelError } from "../model.ts";

/** What splines on a square have in common. */
export interface SplineShape {
  /** Bins K, at least 2. */
  readonly bins: number;
  /** The spline maps [−bound, bound] onto itself and is the identity beyond. */
  readonly bound: number;
  /** Smallest width and height of a bin, as a share of 2 · bound; each times K below 1. */
  readonly minWidth: number;
  readonly minHeight: number;
  /** Smallest slope at an inner knot (quadratic: relative to the others), below 1. */
  readonly minSlope: number;
}

export const SPLINE_SHAPE: SplineShape = {
  bins: 8,
  bound: 5,
  minWidth: 1e-3,
  minHeight: 1e-3,
  minSlope: 1e-3,
};

/**
 * The shape with defaults for what is left out.
 *
 * @throws ModelError where no such spline exists, with what to change
 */
export function splineShape(who: string, shape: Partial<SplineShape>): SplineShape {
  const full = { ...SPLINE_SHAPE, ...shape };
  const { bins, bound, minSlope } = full;
  const expect = (holds: boolean, message: string): void => {
    if (!holds) throw new ModelError(`${who}: ${message}`);
  };
  expect(
    Number.isInteger(bins) && bins >= 2,
    `expected at least 2 bins, a whole number, got ${bins}; one bin with fixed ends can only be the identity.`,
  );
  expect(
    Number.isFinite(bound) && bound > 0,
    `expected a bound above 0, got ${bound}; choose one beyond most of the standardised rows, such as 5.`,
  );
  for (const name of ["minWidth", "minHeight"] as const)
    expect(
      full[name] > 0 && full[name] * bins < 1,
      `expected ${name} above 0 and below 1/bins = ${1 / bins}, got ${full[name]}; ` +
        `${bins} bins of that size do not fit: lower ${name} or bins.`,
    );
  expect(
    minSlope > 0 && minSlope < 1,
    `expected minSlope between 0 and 1, got ${minSlope}; the identity's slope is 1.`,
  );
  return full;
}
