import { tf, type Shape, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ACTIVATIONS, type Activation } from "../nn/activation.ts";
import { concatsquash } from "../nn/concatsquash.ts";
import { networkChoice } from "../nn/network-choice.ts";
import type { ChoiceBuilder, ChosenNetwork, RowShape } from "../nn/network-choice.ts";
import type { NetworkBuilder } from "../nn/networks.ts";
import { timeEmbedding } from "../nn/time-embedding.ts";
import { integer, oneOf } from "../options.ts";
import { wordTable } from "../word-table.ts";
import { uNetVelocity } from "./u-net-velocity.ts";
import type { Velocity } from "./velocity.ts";

export interface VelocityOptions extends ChosenNetwork {
  readonly activation: Activation;
  readonly timeFeatures: number;
}

const columnsOf = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);

/** Makes a velocity field. Its last layer should start at zero: the flow starts as the identity. */
export type VelocityBuilder = ChoiceBuilder<Velocity, VelocityOptions>;

/** Velocity fields with a use of the time of their own, by word; those of src/nn/networks.ts stand beside them. */
export const velocityNetworks = wordTable<VelocityBuilder>("velocity network", {
  concatsquash: (store, { shape, contextSize }, { timeFeatures, ...options }, rng) => {
    const dim = columnsOf(shape);
    const time = timeEmbedding(timeFeatures);
    const field = concatsquash(
      store,
      { inputs: dim, outputs: dim, contextSize },
      { ...options, timeColumns: time.columns },
      rng,
    );
    return (t, x, call) => field(time.apply(t), x, call);
  },
  "u-net": uNetVelocity,
});

/** A network of rows as a field: the time's features stand behind the columns of x, the context behind both. */
const joined =
  (build: NetworkBuilder): VelocityBuilder =>
  (store, { shape, contextSize }, { timeFeatures, ...options }, rng) => {
    const dim = columnsOf(shape);
    const time = timeEmbedding(timeFeatures);
    const inner = build(
      store,
      { inputs: dim + time.columns, outputs: dim, contextSize },
      options,
      rng,
    );
    return (t, x, call) => inner(tf.concat([x, time.apply(t)], 1), call);
  };

const choice = networkChoice<Velocity, VelocityOptions>({
  own: velocityNetworks,
  ofRows: joined,
  tables: "mlp",
  widths: [128, 128, 128, 128],
  of: "the velocity field",
  block: "one block",
});

/** The options of every family about its velocity field. */
export const velocityOptions = {
  ...choice.options,
  activation: oneOf(ACTIVATIONS, "silu", "nonlinearity of the velocity field"),
  timeFeatures: integer(
    4,
    "frequencies of the sines and cosines of time that join the input; 0 joins the time itself",
    { min: 0, max: 64 },
  ),
};

/**
 * The velocity field that the options ask for, dx/dt = v(t, x | context).
 *
 * @throws ModelError for a residual network whose widths differ, and where a network does not suit the shape of the rows
 */
export const velocityNetwork: (
  store: Store,
  shape: RowShape,
  options: VelocityOptions,
  rng: Rng,
) => Velocity = choice.build;

/**
 * Checks what `velocityNetwork` would refuse whatever the rows are.
 *
 * @throws ModelError for a residual network whose widths differ
 */
export const checkVelocity: (options: VelocityOptions) => void = choice.check;
