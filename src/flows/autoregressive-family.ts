import type { Family } from "../model.ts";
import { integer, oneOf, type OptionSchema } from "../options.ts";
import { autoregressiveLayer, DIRECTIONS } from "./autoregressive-layer.ts";
import { conditionerOptions } from "./conditioner.ts";
import { stackOptions } from "./layer-stack.ts";
import { maskedConditioner } from "./masked-conditioner.ts";
import { MIXINGS } from "./mixing.ts";
import { transformerFamily, type TransformerFamily } from "./transformer-family.ts";

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

/** A family of autoregressive layers. */
export const autoregressiveFamily = <S extends OptionSchema>(
  family: TransformerFamily<S>,
): Family =>
  transformerFamily(family, {
    options: autoregressiveOptions,
    minDim: 1,
    layer({ store, rng, dim, contextSize, transformer, options }) {
      const nested = maskedConditioner(
        store.scope("conditioner"),
        { entries: dim, blocks: transformer.blocks, contextSize },
        options,
        rng.fork("conditioner"),
      );
      return [autoregressiveLayer(dim, nested, transformer, options.direction)];
    },
  });
