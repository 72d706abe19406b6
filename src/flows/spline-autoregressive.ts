import { autoregressiveFamily, autoregressiveOptions } from "./autoregressive-family.ts";
import { spline, splineOptions } from "./spline.ts";

/** Autoregressive neural spline flow. */
export const splineAutoregressive = autoregressiveFamily({
  name: "spline-autoregressive",
  summary: "monotone splines of each entry given the entries before it, by a masked network",
  paper: "Durkan, Bekasov, Murray & Papamakarios (2019), arXiv:1906.04032",
  options: {
    layers: { ...autoregressiveOptions.layers, default: 4 },
    ...splineOptions,
  },
  transformer: spline,
});
