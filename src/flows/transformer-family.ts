import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { defineFamily, type Family } from "../model.ts";
import type { OptionSchema, OptionValues } from "../options.ts";
import { checkConditioner, type ConditionerOptions } from "./conditioner.ts";
import type { Layer } from "./layer.ts";
import { layerStack, type StackArguments } from "./layer-stack.ts";
import { rowDimension } from "../nn/row-dimension.ts";
import { checkedTransformer, type Transformer } from "./transformer.ts";

/** What a family states whose layers apply a transformer: its options beside the shared ones, and the transformer. */
export interface TransformerFamily<S extends OptionSchema> extends Pick<
  Family,
  "name" | "summary" | "paper"
> {
  /** Options of the transformer, and other defaults for the shared ones. */
  readonly options: S;
  readonly transformer: (options: OptionValues<S>) => Transformer;
}

/** What layers are built from. */
export interface LayerArguments<O> {
  readonly store: Store;
  readonly rng: Rng;
  /** D, entries of a row. */
  readonly dim: number;
  readonly contextSize: number;
  readonly transformer: Transformer;
  readonly options: O;
}

export interface LayerKind<S extends OptionSchema> {
  /** Options that all families of this kind share. */
  readonly options: S;
  /** Fewest dimensions. */
  readonly minDim: number;
  /** One layer, after mixing and norm. */
  readonly layer: (args: LayerArguments<OptionValues<S>>) => readonly Layer[];
}

/** A family of layers of one kind with a transformer, stacked as layer-stack.ts says. */
export function transformerFamily<S extends OptionSchema, T extends OptionSchema>(
  { name, summary, paper, options: own, transformer }: TransformerFamily<S>,
  { options: shared, minDim, layer }: LayerKind<T>,
): Family {
  return defineFamily({
    name,
    summary,
    paper,
    options: { ...shared, ...own },
    supports: { tabular: true, image: false, conditional: true, minDim },
    checkOptions(values) {
      checkConditioner(values as unknown as ConditionerOptions);
      transformer(values);
    },
    build({ options: values, shape, contextSize, rng }) {
      const options = values as unknown as OptionValues<T>;
      const dim = rowDimension(name, shape, minDim);
      const common = {
        dim,
        contextSize,
        options,
        transformer: checkedTransformer(transformer(values)),
      };
      return layerStack({
        options: values as unknown as StackArguments["options"],
        dim,
        rng,
        layer: (store, stream) => layer({ ...common, store, rng: stream }),
      });
    },
  });
}
