import type { Shape, Tensors } from "../engine/index.ts";
import { drawNoise } from "../math/noise.ts";
import { createRng } from "../math/rng.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { RowNoise } from "../model.ts";

/** Random input of each row for a compiled function of rows. */
export interface RowNoiseFeed {
  /** Shapes of the function's inputs. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Numbers for each row. */
  readonly perRow: number;
  /** Draws that of the next rows, from the first on, as the function's inputs: the same for the first rows, however many there are. */
  start(): (count: number) => Record<string, Rows>;
  /** Of the function's inputs the noise, by its own names. */
  of(tensors: Tensors): Tensors;
}

const inputName = (name: string): string => `noise/${name}`;

/** The feed of what a likelihood or stages ask for, from a fixed seed. */
export function rowNoise(noise: Readonly<Record<string, RowNoise>> = {}): RowNoiseFeed {
  const specs = Object.entries(noise);
  return {
    inputs: Object.fromEntries(specs.map(([name, { shape }]) => [inputName(name), shape])),
    perRow: specs.reduce((sum, [, spec]) => sum + rowSize(spec), 0),
    start() {
      const streams = specs.map(([name, spec]) => ({
        ...{ name, ...spec },
        rng: createRng("log p").fork(name),
      }));
      return (count) =>
        Object.fromEntries(
          streams.map(({ name, kind, shape, rng }) => {
            const values = drawNoise(kind, [count, ...shape], rng);
            return [inputName(name), { count, shape, values }];
          }),
        );
    },
    of: (tensors) =>
      Object.fromEntries(
        specs.flatMap(([name]) => {
          const tensor = tensors[inputName(name)];
          return tensor ? [[name, tensor]] : [];
        }),
      ),
  };
}
