import { tf, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError } from "../model.ts";
import { activations, type Activation } from "./activation.ts";
import { expectContext } from "./context.ts";
import { convolution, type ImageSize } from "./convolution.ts";
import { halving } from "./halving.ts";
import { imageBiases } from "./image-biases.ts";
import { initialisers } from "./initialiser.ts";
import { linear } from "./linear.ts";
import type { Network, NetworkShape } from "./network.ts";

export interface UNetOptions {
  /** Channels at each resolution, from the finest to the coarsest, each of half the height and width of the one before. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Each pixel has biases of its own in the first layer, so that the network knows where in the image it is. */
  readonly positions: boolean;
}

interface Resolution extends ImageSize {
  readonly channels: number;
}

/** Columns of what the blocks know of the context, per channel of the finest resolution; 4 in DDPM. */
const EMBEDDING = 4;

/**
 * U-Net (Ronneberger, Fischer & Brox 2015, arXiv:1505.04597) of residual blocks that know the context, as DDPM's know the time
 * (Ho, Jain & Abbeel 2020, arXiv:2006.11239), for small images. Images come and go as rows of pixels, [N · height · width,
 * inputs] → [N · height · width, outputs], with one context each, [N, C]. It starts as zero.
 *
 *     block    h + K₂ φ(K₁ φ(h) + W e)      K: 3 × 3 convolutions, e = φ(W′ context)
 *     down     a block, then 2 × 2 pixels joined into one by a linear map, at each resolution but the last
 *     up       a linear map from one pixel to 2 × 2, plus what the way down had at this resolution, then a block
 *
 * Departures from the papers: what the way down had is added, not laid beside; learned linear maps halve and double; one
 * block per resolution on each way; no normalisation, no attention, no dropout.
 *
 * @throws ModelError without a resolution, and where height or width cannot be halved often enough
 */
export function uNet(
  store: Store,
  { inputs, outputs, contextSize, ...size }: ImageSize & NetworkShape,
  { hidden, activation, positions }: UNetOptions,
  rng: Rng,
): Network {
  const [finest, ...coarser] = resolutions(size, hidden);
  const activate = activations[activation];
  const { lecun, zeros } = initialisers;
  const embedding = contextSize > 0 ? EMBEDDING * finest.channels : 0;
  const embed =
    embedding > 0
      ? linear(store.scope("embed"), contextSize, embedding, lecun, rng.fork("embed"))
      : undefined;
  const first = convolution(
    store.scope("first"),
    { ...size, inputs, outputs: finest.channels },
    lecun,
    rng.fork("first"),
  );
  const place = imageBiases(store, { ...finest, conditionSize: 0, positions }, rng.fork("place"));
  const block = (name: string, at: Resolution): Network =>
    residualBlock(store.scope(name), at, { embedding, activate }, rng.fork(name));
  const start = block("down0", finest);
  const levels = coarser.map((coarse, i) => {
    const fine = i === 0 ? finest : (coarser[i - 1] ?? finest);
    const scope = store.scope(`halving${i + 1}`);
    const channels = { fine: fine.channels, coarse: coarse.channels };
    return {
      maps: halving(scope, fine, channels, rng.fork(`halving${i + 1}`)),
      down: block(`down${i + 1}`, coarse),
      up: block(`up${i}`, fine),
    };
  });
  const last = convolution(
    store.scope("last"),
    { ...size, inputs: finest.channels, outputs },
    zeros,
    rng.fork("last"),
  );
  return (pixels, call) => {
    const images = pixels.shape[0] / (size.height * size.width);
    const inner = embed
      ? { ...call, context: activate(embed(expectContext(call, images, contextSize), call)) }
      : call;
    const way = [start(place(first(pixels, call)), inner)];
    for (const { maps, down } of levels)
      way.unshift(down(maps.down(activate(way[0] ?? pixels), inner), inner));
    const [coarsest = pixels, ...skipped] = way;
    const h = skipped.reduce((below, beside, i) => {
      const level = levels.at(-1 - i);
      if (!level) return below;
      return level.up(tf.add(beside, level.maps.up(activate(below), inner)), inner);
    }, coarsest);
    return last(activate(h), call);
  };
}

interface BlockOptions {
  /** Columns of the embedded context; 0 without one. */
  readonly embedding: number;
  readonly activate: Network;
}

/** h + K₂ φ(K₁ φ(h) + W e), with the embedded context e as the call's context. */
function residualBlock(
  store: Store,
  { channels, ...size }: Resolution,
  { embedding, activate }: BlockOptions,
  rng: Rng,
): Network {
  const shape = { ...size, inputs: channels, outputs: channels };
  const one = convolution(store.scope("one"), shape, initialisers.he, rng.fork("one"));
  const context = imageBiases(
    store,
    { ...size, channels, conditionSize: embedding, positions: false },
    rng.fork("context"),
  );
  // LeCun's smaller start: the sum over the blocks grows, so a branch should not double the stream's variance.
  const two = convolution(store.scope("two"), shape, initialisers.lecun, rng.fork("two"));
  return (h, call) => {
    const inner = context(one(activate(h, call), call), call.context);
    return tf.add(h, two(activate(inner, call), call));
  };
}

/** The images' sizes from the finest to the coarsest. */
function resolutions(
  { height, width }: ImageSize,
  hidden: readonly number[],
): readonly [Resolution, ...Resolution[]] {
  const sizes = hidden.map((channels, i) => ({
    height: height / 2 ** i,
    width: width / 2 ** i,
    channels,
  }));
  const [finest, ...coarser] = sizes;
  if (!finest)
    throw new ModelError(
      "u-net: expected the channels of at least one resolution, got none; give family.hidden an entry per resolution, such as [32, 64].",
    );
  const whole = sizes.findIndex((size) => size.height % 1 !== 0 || size.width % 1 !== 0);
  if (whole > 0)
    throw new ModelError(
      `u-net: images of ${height} × ${width} can be halved ${times(whole - 1)}, but family.hidden has ` +
        `${hidden.length} entries, one per resolution; give it at most ${whole}, or pad the images (data.pad).`,
    );
  return [finest, ...coarser];
}

const times = (count: number): string => ["no time", "once", "twice"][count] ?? `${count} times`;
