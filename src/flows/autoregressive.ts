import { positive } from "../options.ts";
import { affine } from "./affine.ts";
import { autoregressiveFamily } from "./autoregressive-family.ts";

/** Masked autoregressive flow, and inverse autoregressive flow with `direction: inverse`. */
export const autoregressive = autoregressiveFamily({
  name: "autoregressive",
  summary: "affine maps of each entry given the entries before it, by a masked network (MAF, IAF)",
  paper: "Papamakarios, Pavlakou & Murray (2017), arXiv:1705.07057",
  options: { clamp: positive(2, "largest |log-scale| of one layer, nats") },
  transformer: ({ clamp }) => affine({ clamp }),
});
