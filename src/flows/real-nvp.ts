import { standardNormal } from "../distributions/standard-normal.ts";
import { createStore } from "../engine/index.ts";
import { defineFamily } from "../model.ts";
import { flag, integer, oneOf, positive } from "../options.ts";
import { actnorm } from "./actnorm.ts";
import { affineCoupling } from "./affine-coupling.ts";
import { chain } from "./chain.ts";
import { conditioner, conditionerOptions } from "./conditioner.ts";
import { flowModel } from "./flow-model.ts";
import type { Layer } from "./layer.ts";
import { MIXINGS, mixing } from "./mixing.ts";
import { rowDimension } from "./row-dimension.ts";
import { halves } from "./split.ts";

/**
 * Real NVP with a fixed orthonormal map between its couplings: f = f^(L) ∘ Q^(L−1) ∘ f^(L−1) ∘ … ∘ Q^(1) ∘ f^(1).
 * With `actnorm` every coupling is preceded by one. A layer, as the KL table counts, ends after each coupling.
 */
export const realNvp = defineFamily({
  name: "real-nvp",
  summary: "affine couplings with random rotations or permutations between them",
  paper: "Dinh, Sohl-Dickstein & Bengio (2017), arXiv:1605.08803",
  options: {
    layers: integer(8, "number of couplings", { min: 1, max: 1000 }),
    ...conditionerOptions,
    mixing: oneOf(MIXINGS, "rotation", "fixed orthonormal map between couplings"),
    clamp: positive(2, "largest |log-scale| of one coupling, nats"),
    actnorm: flag(false, "normalise each coupling's input, with a data-dependent start"),
  },
  supports: { tabular: true, image: false, conditional: true, minDim: 2 },
  build({ options, shape, contextSize, rng }) {
    const dim = rowDimension("real-nvp", shape, 2);
    const store = createStore();
    const split = halves(dim);
    const layer = (i: number): Layer => {
      const scope = store.scope(`layer${i}`);
      const stream = rng.fork(`layer${i}`);
      const nested = conditioner(
        scope.scope("conditioner"),
        { inputs: split.skipped, outputs: 2 * split.active, contextSize },
        options,
        stream.fork("conditioner"),
      );
      const mix =
        i === 0
          ? undefined
          : mixing(options.mixing, dim, scope.scope("mixing"), stream.fork("mixing"));
      return chain([
        ...(mix ? [mix] : []),
        ...(options.actnorm ? [actnorm(dim, scope.scope("actnorm"))] : []),
        affineCoupling(split, nested, { clamp: options.clamp }),
      ]);
    };
    return flowModel({
      store,
      layers: Array.from({ length: options.layers }, (_, i) => layer(i)),
      base: standardNormal(dim),
      initialise: options.actnorm,
    });
  },
});
