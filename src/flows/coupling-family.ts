import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { defineFamily, type Family } from "../model.ts";
import { flag, integer, type OptionSchema, type OptionValues } from "../options.ts";
import { checkConditioner, conditioner, conditionerOptions } from "./conditioner.ts";
import { coupling } from "./coupling.ts";
import type { Layer } from "./layer.ts";
import { layerStack, stackOptions } from "./layer-stack.ts";
import { rowDimension } from "./row-dimension.ts";
import { halves, swapped, type Split } from "./split.ts";
import { checkedTransformer, parametersPerEntry, type Transformer } from "./transformer.ts";

/** The options that all coupling families share. */
export const couplingOptions = {
  layers: integer(8, "number of couplings (of pairs, with twoSided)", { min: 1, max: 1000 }),
  ...conditionerOptions,
  twoSided: flag(false, "each layer transforms the other half as well, by a second coupling"),
  ...stackOptions,
};

export interface CouplingFamily<S extends OptionSchema> extends Pick<
  Family,
  "name" | "summary" | "paper"
> {
  /** Options of the transformer, and other defaults for the shared ones. */
  readonly options: S;
  readonly transformer: (options: OptionValues<S>) => Transformer;
}

/** A family of couplings, stacked as layer-stack.ts says. */
export function couplingFamily<S extends OptionSchema>(family: CouplingFamily<S>): Family {
  const { name, summary, paper, transformer } = family;
  return defineFamily({
    name,
    summary,
    paper,
    options: { ...couplingOptions, ...family.options },
    supports: { tabular: true, image: false, conditional: true, minDim: 2 },
    checkOptions(values) {
      checkConditioner(values as OptionValues<typeof couplingOptions>);
      transformer(values);
    },
    build({ options: values, shape, contextSize, rng }) {
      const options = values as OptionValues<typeof couplingOptions>;
      const dim = rowDimension(name, shape, 2);
      const map = checkedTransformer(transformer(values));
      const layer = (store: Store, stream: Rng): readonly Layer[] => {
        const one = (part: string, split: Split): Layer => {
          const { skipped, active } = split;
          const sizes = { inputs: skipped, outputs: parametersPerEntry(map) * active, contextSize };
          const nested = conditioner(store.scope(part), sizes, options, stream.fork(part));
          return coupling(split, nested, map);
        };
        const split = halves(dim);
        return [
          one("conditioner", split),
          ...(options.twoSided ? [one("second-conditioner", swapped(split))] : []),
        ];
      };
      return layerStack({ options, dim, rng, layer });
    },
  });
}
