import { createStore } from "../engine/index.ts";
import { defineFamily, type Family } from "../model.ts";
import { flag, integer, oneOf, type OptionSchema, type OptionValues } from "../options.ts";
import { baseDistribution, baseOptions } from "./base-distribution.ts";
import { chain } from "./chain.ts";
import { conditioner, conditionerOptions } from "./conditioner.ts";
import { coupling } from "./coupling.ts";
import { flowModel } from "./flow-model.ts";
import type { Layer } from "./layer.ts";
import { MIXINGS, mixing } from "./mixing.ts";
import { needsInitialisation, norm, normOption } from "./norm.ts";
import { rowDimension } from "./row-dimension.ts";
import { halves, swapped, type Split } from "./split.ts";
import { parametersPerEntry, type Transformer } from "./transformer.ts";

/** The options that all coupling families share. */
export const couplingOptions = {
  layers: integer(8, "number of couplings (of pairs, with twoSided)", { min: 1, max: 1000 }),
  ...conditionerOptions,
  mixing: oneOf(MIXINGS, "rotation", "map of the coordinates between couplings"),
  twoSided: flag(false, "each layer transforms the other half as well, by a second coupling"),
  ...normOption,
  ...baseOptions,
};

export interface CouplingFamily<S extends OptionSchema> extends Pick<
  Family,
  "name" | "summary" | "paper"
> {
  /** Options of the transformer, and other defaults for the shared ones. */
  readonly options: S;
  readonly transformer: (options: OptionValues<S>) => Transformer;
}

/**
 * A family f = f^(L) ∘ Q^(L−1) ∘ f^(L−1) ∘ … ∘ Q^(1) ∘ f^(1) of couplings f with maps Q of the coordinates between them.
 * A norm layer stands before each coupling. A layer, as the KL table counts, ends after each coupling (or pair).
 */
export function couplingFamily<S extends OptionSchema>(family: CouplingFamily<S>): Family {
  const { name, summary, paper, transformer } = family;
  return defineFamily({
    name,
    summary,
    paper,
    options: { ...couplingOptions, ...family.options },
    supports: { tabular: true, image: false, conditional: true, minDim: 2 },
    build({ options: values, shape, contextSize, rng }) {
      const options = values as OptionValues<typeof couplingOptions>;
      const dim = rowDimension(name, shape, 2);
      const store = createStore();
      const map = transformer(values);
      const layer = (i: number): Layer => {
        const scope = store.scope(`layer${i}`);
        const stream = rng.fork(`layer${i}`);
        const one = (part: string, split: Split): Layer => {
          const { skipped, active } = split;
          const sizes = { inputs: skipped, outputs: parametersPerEntry(map) * active, contextSize };
          const nested = conditioner(scope.scope(part), sizes, options, stream.fork(part));
          return coupling(split, nested, map);
        };
        const mix =
          i === 0
            ? undefined
            : mixing(options.mixing, dim, scope.scope("mixing"), stream.fork("mixing"));
        const normalise = norm(options.norm, dim, scope.scope("norm"));
        const split = halves(dim);
        return chain([
          ...(mix ? [mix] : []),
          ...(normalise ? [normalise] : []),
          one("conditioner", split),
          ...(options.twoSided ? [one("second-conditioner", swapped(split))] : []),
        ]);
      };
      return flowModel({
        store,
        layers: Array.from({ length: options.layers }, (_, i) => layer(i)),
        base: baseDistribution(options, dim, store.scope("base")),
        initialise: needsInitialisation(options.norm),
      });
    },
  });
}
