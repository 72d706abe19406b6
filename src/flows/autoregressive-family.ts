import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { defineFamily, type Family } from "../model.ts";
import { integer, oneOf, type OptionSchema, type OptionValues } from "../options.ts";
import { autoregressiveLayer, DIRECTIONS } from "./autoregressive-layer.ts";
import { checkConditioner, conditionerOptions } from "./conditioner.ts";
import type { CouplingFamily } from "./coupling-family.ts";
import type { Layer } from "./layer.ts";
import { layerStack, stackOptions } from "./layer-stack.ts";
import { maskedConditioner } from "./masked-conditioner.ts";
import { MIXINGS } from "./mixing.ts";
import { rowDimension } from "./row-dimension.ts";
import { checkedTransformer } from "./transformer.ts";

/** The options that all autoregressive families share. */
export const autoregressiveOptions = {
  layers: integer(8, "number of autoregressive layers", { min: 1, max: 1000 }),
  ...conditionerOptions,
  direction: oneOf(
    DIRECTIONS,
    "forward",
    "forward: encode is one pass and decode one per dimension (MAF); inverse: the other way round (IAF)",
  ),
  ...stackOptions,
  mixing: oneOf(MIXINGS, "reverse", stackOptions.mixing.doc),
};

/** What an autoregressive family states: the same as a coupling family. */
export type AutoregressiveFamily<S extends OptionSchema> = CouplingFamily<S>;

/** A family of autoregressive layers, stacked as layer-stack.ts says. */
export function autoregressiveFamily<S extends OptionSchema>(
  family: AutoregressiveFamily<S>,
): Family {
  const { name, summary, paper, transformer } = family;
  return defineFamily({
    name,
    summary,
    paper,
    options: { ...autoregressiveOptions, ...family.options },
    supports: { tabular: true, image: false, conditional: true, minDim: 1 },
    checkOptions(values) {
      checkConditioner(values as OptionValues<typeof autoregressiveOptions>);
      transformer(values);
    },
    build({ options: values, shape, contextSize, rng }) {
      const options = values as OptionValues<typeof autoregressiveOptions>;
      const dim = rowDimension(name, shape, 1);
      const map = checkedTransformer(transformer(values));
      const layer = (store: Store, stream: Rng): readonly Layer[] => {
        const nested = maskedConditioner(
          store.scope("conditioner"),
          { entries: dim, blocks: map.blocks, contextSize },
          options,
          stream.fork("conditioner"),
        );
        return [autoregressiveLayer(dim, nested, map, options.direction)];
      };
      return layerStack({ options, dim, rng, layer });
    },
  });
}
