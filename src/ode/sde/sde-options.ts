import { ModelError } from "../../model.ts";
import { oneOf, positive, real, type OptionValues } from "../../options.ts";
import type { Sde } from "./sde.ts";
import { subVp } from "./sub-vp.ts";
import { ve } from "./ve.ts";
import { vp } from "./vp.ts";

/** The options of a diffusion about its SDE. */
export const sdeOptions = {
  sde: oneOf(
    ["vp", "sub-vp", "ve"],
    "vp",
    "variance preserving, below that (sub-vp), or exploding (ve)",
  ),
  betaMin: positive(0.1, "vp, sub-vp: noise rate β at t = 0; it grows linearly"),
  betaMax: positive(20, "vp, sub-vp: noise rate β at t = 1"),
  sigmaMin: positive(
    0.01,
    "ve: deviation of the noise at t = 0, in deviations of the standardised data",
  ),
  sigmaMax: positive(50, "ve: deviation of the noise at t = 1"),
  epsilon: real(1e-5, "time at which likelihoods start and samples end; below 1", { min: 0 }),
};

export type SdeOptions = OptionValues<typeof sdeOptions>;

/** The SDE that the options ask for. */
export const sdeOf = (options: SdeOptions): Sde =>
  options.sde === "ve" ? ve(options) : options.sde === "vp" ? vp(options) : subVp(options);

/**
 * Refuses options that leave no path from the data to noise.
 *
 * @throws ModelError
 */
export function checkSde({ sde, epsilon, betaMin, betaMax, sigmaMin, sigmaMax }: SdeOptions): void {
  if (epsilon <= 0 || epsilon >= 1)
    throw new ModelError(
      `diffusion: expected an epsilon above 0 and below 1, the time of pure noise, got ${epsilon}; ` +
        "the default 1e-5 stays near the data.",
    );
  if (sde === "ve" && sigmaMin >= sigmaMax)
    throw new ModelError(
      `diffusion: expected a sigmaMin below sigmaMax, got ${sigmaMin} and ${sigmaMax}; ` +
        "take sigmaMin well below the finest structure of the data and sigmaMax well above its width, such as 0.01 and 50.",
    );
  if (sde !== "ve" && betaMin > betaMax)
    throw new ModelError(
      `diffusion: expected a betaMin of at most betaMax, got ${betaMin} and ${betaMax}; ` +
        "noise comes slowly at first: 0.1 and 20 are usual.",
    );
}
