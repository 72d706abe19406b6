import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { Activation } from "../nn/activation.ts";
import { convolution } from "../nn/convolution.ts";
import { convolutional } from "../nn/convolutional.ts";
import { initialisers } from "../nn/initialiser.ts";
import type { Network } from "../nn/network.ts";
import { actnorm } from "./actnorm.ts";
import { chain } from "./chain.ts";
import { coupling } from "./coupling.ts";
import type { ImageShape } from "../nn/image-shape.ts";
import { latentPrior } from "./latent-prior.ts";
import type { Layer } from "./layer.ts";
import { mixing, type Mixing } from "./mixing.ts";
import { pixelwise } from "./pixelwise.ts";
import { halves, swapped } from "./split.ts";
import { parametersPerEntry, type Transformer } from "./transformer.ts";

export interface LevelOptions {
  readonly steps: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly positions: boolean;
  readonly mixing: Mixing;
  readonly learnedPrior: boolean;
}

export interface LevelArguments {
  readonly store: Store;
  readonly shape: ImageShape;
  readonly contextSize: number;
  readonly options: LevelOptions;
  readonly transformer: Transformer;
  /** No further level follows. */
  readonly last: boolean;
  readonly rng: Rng;
}

/** The nested network of images of this shape: rows of pixels, `inputs` → `outputs` channels. */
export function imageConditioner(
  store: Store,
  { shape, contextSize, options }: Pick<LevelArguments, "shape" | "contextSize" | "options">,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  rng: Rng,
): Network {
  const [height, width] = shape;
  return convolutional(store, { height, width, inputs, outputs, contextSize }, options, rng);
}

/**
 * The layers of one resolution, all of images of the same shape: steps of flow (ActNorm, invertible 1 × 1 convolution,
 * coupling), the last of them with the prior of the latents that become final after it.
 */
export function glowLevel(args: LevelArguments): readonly Layer[] {
  const { store, shape, options, transformer, rng } = args;
  const channels = shape[2];
  return Array.from({ length: options.steps }, (_, i) => {
    const scope = store.scope(`step${i}`);
    const stream = rng.fork(`step${i}`);
    const split = halves(channels);
    const sizes = {
      inputs: split.skipped,
      outputs: parametersPerEntry(transformer) * split.active,
    };
    const nested = imageConditioner(
      scope.scope("conditioner"),
      args,
      sizes,
      stream.fork("conditioner"),
    );
    const mix = mixing(options.mixing, channels, scope.scope("mixing"), stream.fork("mixing"));
    return pixelwise(
      chain([
        actnorm(channels, scope.scope("norm")),
        ...(mix ? [mix] : []),
        coupling(split, nested, transformer),
        ...(options.learnedPrior && i === options.steps - 1 ? [prior(args)] : []),
      ]),
      shape,
    );
  });
}

/**
 * Glow's learned normal of final latents, as a layer onto N(0, I). After the last level it depends on the context only.
 * Before, one convolution of the channels that go on gives mean and deviation of those that are split off.
 *
 * Departure from the paper: there the split-off half is what the last coupling has just transformed, given the same other half,
 * so that the prior could learn nothing new; here it is the half that the coupling left as it was.
 */
function prior({ store, shape, contextSize, transformer, last, rng }: LevelArguments): Layer {
  const [height, width, channels] = shape;
  const scope = store.scope("prior");
  if (last) return latentPrior(scope, { height, width, channels, contextSize }, transformer);
  const split = swapped(halves(channels));
  const size = {
    height,
    width,
    inputs: split.skipped,
    outputs: parametersPerEntry(transformer) * split.active,
  };
  return coupling(
    split,
    convolution(scope, size, initialisers.zeros, rng.fork("prior")),
    transformer,
  );
}
