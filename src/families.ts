import { autoregressive } from "./flows/autoregressive.ts";
import { gaussian } from "./flows/gaussian.ts";
import { glow } from "./flows/glow.ts";
import { hermiteCoupling } from "./flows/hermite-coupling.ts";
import { optimalAffine } from "./flows/optimal-affine.ts";
import { realNvp } from "./flows/real-nvp.ts";
import { splineAutoregressive } from "./flows/spline-autoregressive.ts";
import { splineCoupling } from "./flows/spline-coupling.ts";
import { freeForm } from "./freeform/free-form.ts";
import type { Family } from "./model.ts";
import { cnf } from "./ode/cnf.ts";
import { diffusion } from "./ode/diffusion.ts";
import { flowMatching } from "./ode/flow-matching.ts";

/** All built-in families: one line each. Tables, help, tests and the list in README come from here. */
export const families: readonly Family[] = [
  gaussian,
  optimalAffine,
  realNvp,
  splineCoupling,
  hermiteCoupling,
  autoregressive,
  splineAutoregressive,
  glow,
  freeForm,
  cnf,
  flowMatching,
  diffusion,
];
