import { couplingFamily, couplingOptions } from "./coupling-family.ts";
import { spline, splineOptions } from "./spline.ts";

/** Neural spline flow with couplings: monotone splines, and an orthonormal map between the couplings. */
export const splineCoupling = couplingFamily({
  name: "spline-coupling",
  summary: "couplings by monotone splines (rational-quadratic, quadratic or linear)",
  paper: "Durkan, Bekasov, Murray & Papamakarios (2019), arXiv:1906.04032",
  options: {
    layers: { ...couplingOptions.layers, default: 4 },
    ...splineOptions,
  },
  transformer: spline,
});
