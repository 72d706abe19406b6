import { tf, type Shape, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError, type Call } from "../model.ts";
import { ACTIVATIONS, type Activation } from "../nn/activation.ts";
import { networks, residualShape, type NetworkBuilder } from "../nn/networks.ts";
import { integer, list, oneOf, oneOfThose, optional } from "../options.ts";
import { wordTable } from "../word-table.ts";
import { uNetPair } from "./u-net-pair.ts";

/** Two networks of equal dimension that learn to be each other's inverse. Recordable; rows are flat, [N, D]. */
export interface Pair {
  /** f: x [N, D] → z [N, D]. */
  encode(x: Tensor, call: Call): Tensor;
  /** g: z [N, D] → x [N, D]. */
  decode(z: Tensor, call: Call): Tensor;
}

/** What every builder of a pair needs to know. */
export interface PairShape {
  /** Shape of one row; the pair's rows are flat. */
  readonly shape: Shape;
  /** Columns of the context; 0 without one. */
  readonly contextSize: number;
  /** Of the family, for messages. */
  readonly name: string;
}

export interface PairOptions {
  readonly network: string;
  /** null: what suits the network. */
  readonly hidden: readonly number[] | null;
  readonly activation: Activation;
}

/** What a builder gets: the widths are chosen. */
export type ChosenOptions = PairOptions & { readonly hidden: readonly number[] };

/** Makes a pair, its arrays in `store`. Both maps should start as the identity, where they are each other's inverse. */
export type PairBuilder = (
  store: Store,
  shape: PairShape,
  options: ChosenOptions,
  rng: Rng,
) => Pair;

/** Pairs of a structure of their own, by word; those of src/nn/networks.ts stand beside them. */
export const pairs = wordTable<PairBuilder>("free-form pair", {
  "u-net": uNetPair,
});

const network = oneOfThose(
  () => [...new Set(["auto", ...networks.words, ...pairs.words])],
  "auto",
  "network of the encoder and of the decoder; auto is residual for tables, u-net for images",
);

const WIDTHS = [128, 128];
/** Of a u-net, for small images. */
const CHANNELS = [32, 64];

/** The options of a pair. */
export const pairOptions = {
  network,
  hidden: optional(
    list(
      integer(128, "width", { min: 1, max: 65_536 }),
      WIDTHS,
      `widths of each network's hidden layers; residual: one block of two layers per entry, all of one width; network=u-net: channels of each resolution, from the finest; null is [${WIDTHS.join(", ")}], for a u-net [${CHANNELS.join(", ")}]`,
    ),
  ),
  activation: oneOf(ACTIVATIONS, "silu", "nonlinearity of both networks, a smooth one"),
};

/** Why an activation will not do, by its word. */
const REFUSED: Partial<Record<Activation, string>> = {
  relu: "the loss differentiates the encoder twice, and relu's second derivative is 0 wherever it has one",
  elu: "the loss differentiates the encoder twice, and elu's second derivative jumps at 0",
};

/**
 * Checks what cannot work whatever the rows are.
 *
 * @throws ModelError for an activation that is not smooth, and for a residual network whose widths differ
 */
export function checkPair(name: string, { network: kind, hidden, activation }: PairOptions): void {
  const reason = REFUSED[activation];
  if (reason !== undefined)
    throw new ModelError(
      `${name}: expected a smooth activation, got ${activation}: ${reason}, so that the volume term would train ` +
        "nothing; choose silu, tanh or softplus.",
    );
  if (kind === "residual") residualShape(hidden ?? WIDTHS);
}

/**
 * The pair that the options ask for.
 *
 * @throws ModelError for a residual network whose widths differ, and where a pair does not suit the shape of the rows
 */
export function freeFormPair(store: Store, shape: PairShape, options: PairOptions, rng: Rng): Pair {
  const automatic = shape.shape.length === 3 ? "u-net" : "residual";
  const word = options.network === "auto" ? automatic : options.network;
  const build = pairs.words.includes(word) ? pairs.get(word) : ofNetworks(networks.get(word));
  const hidden = options.hidden ?? (word === "u-net" ? CHANNELS : WIDTHS);
  return build(store, shape, { ...options, hidden }, rng);
}

/** f(x) = x + n(x) and g(z) = z + m(z) with two networks of rows, whose last layers start at zero. */
const ofNetworks =
  (build: NetworkBuilder): PairBuilder =>
  (store, { shape, contextSize }, options, rng) => {
    const dim = shape.reduce((product, d) => product * d, 1);
    const one = (part: string) =>
      build(store.scope(part), { inputs: dim, outputs: dim, contextSize }, options, rng.fork(part));
    const [encoder, decoder] = [one("encoder"), one("decoder")];
    return {
      encode: (x, call) => tf.add(x, encoder(x, call)),
      decode: (z, call) => tf.add(z, decoder(z, call)),
    };
  };
