import { createStore, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError, type Model } from "../model.ts";
import { oneOf, type OptionValues } from "../options.ts";
import { baseDistribution, baseOptions } from "./base-distribution.ts";
import { chain } from "./chain.ts";
import { flowModel } from "./flow-model.ts";
import type { Layer } from "./layer.ts";
import { MIXINGS, mixing } from "./mixing.ts";
import { needsInitialisation, norm, normOption } from "./norm.ts";

/** The options of every family that is a stack of layers of one kind. */
export const stackOptions = {
  mixing: oneOf(MIXINGS, "rotation", "map of the coordinates between layers"),
  ...normOption,
  ...baseOptions,
};

export interface StackArguments {
  readonly options: OptionValues<typeof stackOptions> & { readonly layers: number };
  /** D, entries of a row. */
  readonly dim: number;
  readonly rng: Rng;
  /** What layer i does after mixing and norm, in the order of encode. */
  readonly layer: (store: Store, rng: Rng, i: number) => readonly Layer[];
}

/**
 * f = f^(L) ∘ Q^(L−1) ∘ f^(L−1) ∘ … ∘ Q^(1) ∘ f^(1): layers f with maps Q of the coordinates between them. A norm layer
 * stands before each f. A layer, as the KL table counts, ends after each f. A single coordinate is not mixed.
 */
export function layerStack({ options, dim, rng, layer }: StackArguments): Model {
  const store = createStore();
  const stage = (i: number): Layer => {
    const scope = store.scope(`layer${i}`);
    const stream = rng.fork(`layer${i}`);
    const mix =
      i === 0 || dim === 1
        ? undefined
        : mixing(options.mixing, dim, scope.scope("mixing"), stream.fork("mixing"));
    const normalise = norm(options.norm, dim, scope.scope("norm"));
    return chain([
      ...(mix ? [mix] : []),
      ...(normalise ? [normalise] : []),
      ...layer(scope, stream, i),
    ]);
  };
  const layers = Array.from({ length: options.layers }, (_, i) => stage(i));
  const base = baseDistribution(options, dim, store.scope("base"), rng.fork("base"));
  const common = { base, initialise: needsInitialisation(options.norm) };
  return {
    ...flowModel({ ...common, store, layers }),
    parts() {
      if (store.part("base").slots("variable").length > 0)
        throw new ModelError(
          `training.greedy: expected a base that stays as it is while layer after layer is trained, got the base "${options.base}" with parameters of its own; set family.base=normal, or training.greedy=false.`,
        );
      return layers.map((one, i) =>
        flowModel({ ...common, store: store.part(`layer${i}`, "base"), layers: [one] }),
      );
    },
  };
}
