import type { Family } from "../model.ts";
import { flag, integer, type OptionSchema } from "../options.ts";
import { conditioner, conditionerOptions } from "./conditioner.ts";
import { coupling } from "./coupling.ts";
import type { Layer } from "./layer.ts";
import { stackOptions } from "./layer-stack.ts";
import { halves, swapped, type Split } from "./split.ts";
import { parametersPerEntry } from "./transformer.ts";
import { transformerFamily, type TransformerFamily } from "./transformer-family.ts";

/** The options that all coupling families share. */
export const couplingOptions = {
  layers: integer(8, "number of couplings (of pairs, with twoSided)", { min: 1, max: 1000 }),
  ...conditionerOptions,
  twoSided: flag(false, "each layer transforms the other half as well, by a second coupling"),
  ...stackOptions,
};

/** A family of couplings. */
export const couplingFamily = <S extends OptionSchema>(family: TransformerFamily<S>): Family =>
  transformerFamily(family, {
    options: couplingOptions,
    minDim: 2,
    layer({ store, rng, dim, contextSize, transformer, options }) {
      const one = (part: string, split: Split): Layer => {
        const { skipped, active } = split;
        const outputs = parametersPerEntry(transformer) * active;
        const sizes = { inputs: skipped, outputs, contextSize };
        return coupling(
          split,
          conditioner(store.scope(part), sizes, options, rng.fork(part)),
          transformer,
        );
      };
      const split = halves(dim);
      return [
        one("conditioner", split),
        ...(options.twoSided ? [one("second-conditioner", swapped(split))] : []),
      ];
    },
  });
