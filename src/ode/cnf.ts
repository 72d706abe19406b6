import { standardNormal } from "../distributions/standard-normal.ts";
import { createStore } from "../engine/index.ts";
import { defineFamily, type Model } from "../model.ts";
import { rowDimension } from "../nn/row-dimension.ts";
import { checkCnf, cnfOptions, isEstimatedInTraining, trainingSolverOf } from "./cnf-options.ts";
import { continuousFlow } from "./continuous-flow.ts";
import { likelihoodLoss, type LikelihoodParts } from "./likelihood-loss.ts";
import { velocityNetwork } from "./velocity-network.ts";

/** As in FFJORD: noise at 0, data at 1. */
const times = { data: 1, noise: 0 } as const;

/**
 * Continuous normalizing flow (Chen et al. 2018, arXiv:1806.07366) of a free-form velocity field (FFJORD, Grathwohl et al.
 * 2019, arXiv:1810.01367), trained by maximum likelihood, with the regularisation of RNODE (Finlay et al. 2020,
 * arXiv:2002.02798) as an option.
 *
 * Training takes the gradient through a few equal steps as they are computed (discretise, then optimise), or the adjoint of
 * adaptive ones. What the few steps give is not quite the likelihood: where the field becomes rough the two part, and the
 * loss can fall without end while the likelihood gets worse (midpoint with 4 steps on two-moons: a loss of −85, an NLL of 7).
 * So early stopping looks at the likelihood integrated to its own tolerance, and the weights with the best one are kept.
 *
 * Departures from FFJORD: unrolled steps unless gradient=adjoint, an exact divergence in few dimensions, a field that
 * starts at zero, and some of RNODE's regularisation, which keeps a few steps honest.
 */
export const cnf = defineFamily({
  name: "cnf",
  summary: "continuous normalizing flow (FFJORD), trained by likelihood",
  paper: "Grathwohl, Chen, Bettencourt, Sutskever & Duvenaud (2019), arXiv:1810.01367",
  options: cnfOptions,
  // Tried on two-moons and eight-gaussians only.
  training: { batch: 256, learningRate: 5e-3 },
  supports: { tabular: true, image: false, conditional: true, minDim: 1 },
  checkOptions: checkCnf,
  build({ options, shape, contextSize, rng }): Model {
    checkCnf(options);
    const dim = rowDimension("cnf", shape, 1);
    const store = createStore();
    const about = { name: "cnf", shape, contextSize };
    const velocity = velocityNetwork(store.scope("velocity"), about, options, rng);
    const base = standardNormal(dim);
    const parts: LikelihoodParts = {
      ...{ velocity, store, base, weights: options },
      interval: { from: times.data, to: times.noise },
      solver: trainingSolverOf(options),
    };
    const estimated = isEstimatedInTraining(options, dim);
    return continuousFlow({
      ...{ ...about, store, velocity, times, base, options },
      // A network can learn to deceive a few steps: their loss falls without end while the likelihood gets worse.
      monitor: "nll",
      ...(estimated && {
        noise: { probes: { shape: (batch: number) => [batch, 1, dim], kind: options.probe } },
      }),
      loss: ({ batch, noise: { probes }, mode, context }) =>
        likelihoodLoss(parts, {
          rows: batch,
          ...(probes && { probes }),
          call: { mode, ...(context && { context }) },
        }),
    });
  },
});
