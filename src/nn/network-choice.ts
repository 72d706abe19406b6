import type { Shape, Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { integer, list, oneOfThose, optional } from "../options.ts";
import type { WordTable } from "../word-table.ts";
import { networks, residualShape, type NetworkBuilder } from "./networks.ts";

/** What the options of a family say of its network. */
export interface ChosenNetwork {
  readonly network: string;
  /** null: what suits the network. */
  readonly hidden: readonly number[] | null;
}

/** Rows that a network is made for. */
export interface RowShape {
  /** Shape of one row; the network's rows are flat. */
  readonly shape: Shape;
  /** Columns of the context; 0 without one. */
  readonly contextSize: number;
  /** Of the family, for messages. */
  readonly name: string;
}

/** Makes what a family needs of networks, their arrays in `store`; the widths are chosen. */
export type ChoiceBuilder<Made, Options extends ChosenNetwork> = (
  store: Store,
  shape: RowShape,
  options: Options & { readonly hidden: readonly number[] },
  rng: Rng,
) => Made;

export interface ChoiceParts<Made, Options extends ChosenNetwork> {
  /** Builders of the family's own, by word, `u-net` for images among them; those of src/nn/networks.ts stand beside them. */
  readonly own: WordTable<ChoiceBuilder<Made, Options>>;
  /** What is made of a network of rows. */
  readonly ofRows: (network: NetworkBuilder) => ChoiceBuilder<Made, Options>;
  /** The word of `auto` for tables. */
  readonly tables: string;
  /** Hidden widths for tables where the options say null. */
  readonly widths: readonly number[];
  /** What the option `network` is of: "the velocity field". */
  readonly of: string;
  /** What a residual network has per entry of `hidden`. */
  readonly block: string;
}

/** Channels of a u-net where the options say null: what learns images of 8 to 32 pixels in minutes on a processor. */
const CHANNELS = [32, 64];

/** The options `network` and `hidden` of families that take tables and images, and what they stand for. */
export function networkChoice<Made, Options extends ChosenNetwork>(
  parts: ChoiceParts<Made, Options>,
) {
  const { own, ofRows, tables, widths, of, block } = parts;
  return {
    options: {
      network: oneOfThose(
        () => [...new Set(["auto", ...networks.words, ...own.words])],
        "auto",
        `network of ${of}; auto is ${tables} for tables, u-net for images`,
      ),
      hidden: optional(
        list(
          integer(128, "width", { min: 1, max: 65_536 }),
          widths,
          `widths of the hidden layers; residual: ${block} per entry, all of one width; u-net: channels of each resolution, from the finest; null is [${widths.join(", ")}], for a u-net [${CHANNELS.join(", ")}]`,
        ),
      ),
    },
    /** Throws ModelError for what cannot work whatever the rows are: a residual network whose widths differ. */
    check: ({ network: word, hidden }: ChosenNetwork): void => {
      if (word === "residual") residualShape(hidden ?? widths);
    },
    /** Throws ModelError also where a network does not suit the shape of the rows. */
    build: (store: Store, shape: RowShape, options: Options, rng: Rng): Made => {
      const automatic = shape.shape.length === 3 ? "u-net" : tables;
      const word = options.network === "auto" ? automatic : options.network;
      const build = own.words.includes(word) ? own.get(word) : ofRows(networks.get(word));
      const hidden = options.hidden ?? (word === "u-net" ? CHANNELS : widths);
      return build(store, shape, { ...options, hidden }, rng);
    },
  };
}
