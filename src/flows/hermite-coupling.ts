import { couplingFamily, couplingOptions } from "./coupling-family.ts";
import { hermite } from "./hermite.ts";
import { splineOptions } from "./spline.ts";

const { bins, bound, minWidth, minHeight } = splineOptions;

/** Couplings by monotone cubic Hermite splines, with an orthonormal map between the couplings. */
export const hermiteCoupling = couplingFamily({
  name: "hermite-coupling",
  summary: "couplings by monotone cubic Hermite splines with free knots, values and limited slopes",
  paper: "Fritsch & Carlson (1980), doi:10.1137/0717021",
  options: { layers: { ...couplingOptions.layers, default: 4 }, bins, bound, minWidth, minHeight },
  transformer: hermite,
});
