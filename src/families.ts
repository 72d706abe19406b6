import { autoregressive } from "./flows/autoregressive.ts";
import { gaussian } from "./flows/gaussian.ts";
import { realNvp } from "./flows/real-nvp.ts";
import { splineCoupling } from "./flows/spline-coupling.ts";
import type { Family } from "./model.ts";

/** All built-in families: one line each. Tables, help, tests and the list in README come from here. */
export const families: readonly Family[] = [gaussian, realNvp, splineCoupling, autoregressive];
