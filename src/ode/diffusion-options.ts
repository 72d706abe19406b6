import { ModelError } from "../model.ts";
import { integer, oneOf, positive, type OptionValues } from "../options.ts";
import { checkIntegration, integrationOptions } from "./integration-options.ts";
import { checkSde, sdeOptions } from "./sde/sde-options.ts";
import { checkVelocity, velocityOptions } from "./velocity-network.ts";

export const diffusionOptions = {
  ...sdeOptions,
  parameterisation: oneOf(
    ["v", "epsilon", "score"],
    "v",
    "what the network says: v, the noise (epsilon), or the score",
  ),
  weighting: oneOf(
    ["likelihood", "uniform"],
    "likelihood",
    "weights of the times in the loss: g², which bounds the NLL of the stochastic process, or σ² (uniform)",
  ),
  times: oneOf(
    ["importance", "uniform"],
    "importance",
    "how a training step draws its times; importance: in proportion to the likelihood's weights",
  ),
  sampler: oneOf(
    ["ode", "euler-maruyama", "predictor-corrector"],
    "ode",
    "how samples are drawn: probability-flow ODE (with log p), or the reverse SDE, alone or with Langevin steps",
  ),
  samplerSteps: integer(500, "steps of the samplers by the reverse SDE", { min: 1, max: 100_000 }),
  correctorSteps: integer(1, "sampler predictor-corrector: Langevin steps after each step", {
    min: 1,
    max: 100,
  }),
  signalToNoise: positive(
    0.16,
    "sampler predictor-corrector: length of a Langevin step over the deviation of the noise",
  ),
  ...integrationOptions,
  ...velocityOptions,
};

export type DiffusionOptions = OptionValues<typeof diffusionOptions>;

/**
 * Finds options of a diffusion that do not go together.
 *
 * @throws ModelError
 */
export function checkDiffusion(options: DiffusionOptions): void {
  checkSde(options);
  checkIntegration(options);
  checkVelocity(options);
  if (options.times === "importance" && options.weighting !== "likelihood")
    throw new ModelError(
      `diffusion: times=importance draws times by the weights of the likelihood, got weighting=${options.weighting}; ` +
        "set times=uniform, or weighting=likelihood.",
    );
}
