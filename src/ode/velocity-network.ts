import { tf, type Shape, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ACTIVATIONS, type Activation } from "../nn/activation.ts";
import { concatsquash } from "../nn/concatsquash.ts";
import { networks, residualShape, type NetworkBuilder } from "../nn/networks.ts";
import { timeEmbedding } from "../nn/time-embedding.ts";
import { integer, list, oneOf, oneOfThose, optional } from "../options.ts";
import { wordTable } from "../word-table.ts";
import { uNetVelocity } from "./u-net-velocity.ts";
import type { Velocity } from "./velocity.ts";

/** What every builder of a velocity field needs to know. */
export interface VelocityShape {
  /** Shape of one row; the field's rows are flat. */
  readonly shape: Shape;
  /** Columns of the context; 0 without one. */
  readonly contextSize: number;
  /** Of the family, for messages. */
  readonly name: string;
}

export interface VelocityOptions {
  readonly network: string;
  /** null: what suits the network. */
  readonly hidden: readonly number[] | null;
  readonly activation: Activation;
  readonly timeFeatures: number;
}

/** What a builder gets: the widths are chosen. */
export type FieldOptions = VelocityOptions & { readonly hidden: readonly number[] };

const columnsOf = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);

/** Makes a velocity field, its arrays in `store`. Its last layer should start at zero: the flow starts as the identity. */
export type VelocityBuilder = (
  store: Store,
  shape: VelocityShape,
  options: FieldOptions,
  rng: Rng,
) => Velocity;

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

const network = oneOfThose(
  () => [...new Set(["auto", ...networks.words, ...velocityNetworks.words])],
  "auto",
  "network of the velocity field; auto is mlp for tables, u-net for images",
);

const WIDTHS = [128, 128, 128, 128];
/** Of a u-net: what learns images of 8 to 32 pixels in minutes on a processor. */
const CHANNELS = [32, 64];

/** The options of every family about its velocity field. */
export const velocityOptions = {
  network,
  hidden: optional(
    list(
      integer(128, "width", { min: 1, max: 65_536 }),
      WIDTHS,
      `widths of the velocity field's hidden layers; residual: one block per entry, all of one width; u-net: channels of each resolution, from the finest; null is [${WIDTHS.join(", ")}], for a u-net [${CHANNELS.join(", ")}]`,
    ),
  ),
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
export function velocityNetwork(
  store: Store,
  shape: VelocityShape,
  options: VelocityOptions,
  rng: Rng,
): Velocity {
  const word = options.network === "auto" ? automatic(shape.shape) : options.network;
  const build = velocityNetworks.words.includes(word)
    ? velocityNetworks.get(word)
    : joined(networks.get(word));
  const hidden = options.hidden ?? (word === "u-net" ? CHANNELS : WIDTHS);
  return build(store, shape, { ...options, hidden }, rng);
}

/**
 * Checks what `velocityNetwork` would refuse whatever the rows are.
 *
 * @throws ModelError for a residual network whose widths differ
 */
export function checkVelocity({ network: kind, hidden }: VelocityOptions): void {
  if (kind === "residual") residualShape(hidden ?? WIDTHS);
}

/** Images come as [height, width, channels]. */
const automatic = (shape: Shape): string =>
  shape.length === 3 && velocityNetworks.words.includes("u-net") ? "u-net" : "mlp";

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
