import { withRedrawnCounts } from "../distributions/with-redrawn-counts.ts";
import { createStore } from "../engine/index.ts";
import { defineFamily } from "../model.ts";
import { diffusionModel } from "./diffusion-model.ts";
import { checkDiffusion, diffusionOptions } from "./diffusion-options.ts";
import { velocityNetwork } from "./velocity-network.ts";

/**
 * Score-based diffusion (Song et al. 2021, arXiv:2011.13456): rows are turned into noise by a stochastic differential
 * equation, a network learns by denoising score matching what leads back, and the probability-flow ODE with the same
 * marginals is a continuous flow with a likelihood.
 *
 * It expects rows of about unit variance, as the runner's standardisation gives them; sigmaMin and sigmaMax are in those
 * units. The likelihood is that of the rows at t = ε and takes the prior for the rows at t = 1; its provenance says how
 * far each is from the data. The latent rows are those of t = 1 scaled to unit spread, and the time of the ODE is the clock
 * of src/ode/sde/path.ts.
 */
export const diffusion = defineFamily({
  name: "diffusion",
  summary:
    "score-based diffusion (VP, sub-VP, VE): trained by denoising, likelihood by the probability-flow ODE",
  paper: "Song et al. (2021), arXiv:2011.13456",
  options: diffusionOptions,
  // Each step sees one time and one noise per row: the mean of the weights is far better than any of them.
  training: { ema: 0.999 },
  supports: { tabular: true, image: true, conditional: true, minDim: 1 },
  checkOptions: checkDiffusion,
  build({ options, shape, contextSize, cells, rng }) {
    checkDiffusion(options);
    const store = createStore();
    const network = velocityNetwork(
      store.scope("network"),
      { shape, contextSize, name: "diffusion" },
      options,
      rng.fork("network"),
    );
    const model = diffusionModel({ store, shape, contextSize, network, options });
    return withRedrawnCounts(model, cells);
  },
});
