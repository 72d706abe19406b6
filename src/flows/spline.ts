import { integer, oneOf, positive, type OptionValues } from "../options.ts";
import { linearSpline } from "./linear-spline.ts";
import { quadraticSpline } from "./quadratic-spline.ts";
import { rationalQuadratic } from "./rational-quadratic.ts";
import { SPLINE_SHAPE, type SplineShape } from "./spline-shape.ts";
import type { Transformer } from "./transformer.ts";

/** Splines by the word that options use. */
const SPLINES = {
  "rational-quadratic": rationalQuadratic,
  quadratic: quadraticSpline,
  linear: linearSpline,
} as const satisfies Record<string, (shape: SplineShape) => Transformer>;

const { bins, bound, minWidth, minHeight, minSlope } = SPLINE_SHAPE;

/** Options of every family whose transformer is a spline. */
export const splineOptions = {
  spline: oneOf(
    Object.keys(SPLINES) as (keyof typeof SPLINES)[],
    "rational-quadratic",
    "piecewise map of an active entry; quadratic takes no minHeight, linear has bins of equal width",
  ),
  bins: integer(bins, "pieces of a spline", { min: 2, max: 1024 }),
  bound: positive(bound, "a spline maps [−bound, bound] onto itself and is the identity beyond"),
  minWidth: positive(minWidth, "smallest width of a piece, share of 2 · bound"),
  minHeight: positive(minHeight, "smallest height of a piece, share of 2 · bound"),
  minSlope: positive(minSlope, "smallest slope at an inner knot, below 1"),
};

/**
 * The spline that the options ask for.
 *
 * @throws ModelError where no such spline exists
 */
export const spline = ({
  spline: kind,
  ...shape
}: OptionValues<typeof splineOptions>): Transformer => SPLINES[kind](shape);
