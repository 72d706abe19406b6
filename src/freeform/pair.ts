import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError, type Call } from "../model.ts";
import { ACTIVATIONS, type Activation } from "../nn/activation.ts";
import { networkChoice } from "../nn/network-choice.ts";
import type { ChoiceBuilder, ChosenNetwork, RowShape } from "../nn/network-choice.ts";
import type { NetworkBuilder } from "../nn/networks.ts";
import { oneOf } from "../options.ts";
import { wordTable } from "../word-table.ts";
import { uNetPair } from "./u-net-pair.ts";

/** Two networks of equal dimension that learn to be each other's inverse. Recordable; rows are flat, [N, D]. */
export interface Pair {
  /** f: x [N, D] → z [N, D]. */
  encode(x: Tensor, call: Call): Tensor;
  /** g: z [N, D] → x [N, D]. */
  decode(z: Tensor, call: Call): Tensor;
}

export interface PairOptions extends ChosenNetwork {
  readonly activation: Activation;
}

/** Makes a pair. Both maps should start as the identity, where they are each other's inverse. */
export type PairBuilder = ChoiceBuilder<Pair, PairOptions>;

/** Pairs of a structure of their own, by word; those of src/nn/networks.ts stand beside them. */
export const pairs = wordTable<PairBuilder>("free-form pair", {
  "u-net": uNetPair,
});

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

const choice = networkChoice<Pair, PairOptions>({
  own: pairs,
  ofRows: ofNetworks,
  tables: "residual",
  widths: [128, 128],
  of: "the encoder and of the decoder",
  block: "one block of two layers",
});

/** The options of a pair. */
export const pairOptions = {
  ...choice.options,
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
export function checkPair(name: string, options: PairOptions): void {
  const { activation } = options;
  const reason = REFUSED[activation];
  if (reason !== undefined)
    throw new ModelError(
      `${name}: expected a smooth activation, got ${activation}: ${reason}, so that the volume term would train ` +
        "nothing; choose silu, tanh or softplus.",
    );
  choice.check(options);
}

/**
 * The pair that the options ask for.
 *
 * @throws ModelError for a residual network whose widths differ, and where a pair does not suit the shape of the rows
 */
export const freeFormPair: (store: Store, shape: RowShape, options: PairOptions, rng: Rng) => Pair =
  choice.build;
