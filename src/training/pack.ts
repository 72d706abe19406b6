import { tf, type Arrays, type NumericArray, type Shape } from "../engine/index.ts";
import type { Slot, Tensor, Tensors } from "../engine/index.ts";
import { slotKey } from "../evaluation/slots.ts";

/**
 * Variables in few matrices. Those with the same number of columns are stacked along the rows; an optimiser then
 * works on one matrix per width, and `tf.split` hands out the pieces. Node count is the cost of a small step.
 */
export interface Packing {
  readonly matrices: readonly PackedMatrix[];
}

export interface PackedMatrix {
  /** Name of the matrix: its columns. */
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  readonly pieces: readonly { readonly slot: Slot; readonly row: number; readonly rows: number }[];
}

/** A variable's columns are its last dimension; of rank 0 or 1 it is one row. */
const columnsOf = (shape: Shape): number => shape.at(-1) ?? 1;
const rowsOf = (shape: Shape): number => shape.slice(0, -1).reduce((product, d) => product * d, 1);

export function packing(slots: readonly Slot[]): Packing {
  const byColumns = new Map<number, { slot: Slot; row: number; rows: number }[]>();
  for (const slot of slots) {
    const pieces = byColumns.get(columnsOf(slot.shape)) ?? [];
    const previous = pieces.at(-1);
    const row = previous ? previous.row + previous.rows : 0;
    pieces.push({ slot, row, rows: rowsOf(slot.shape) });
    byColumns.set(columnsOf(slot.shape), pieces);
  }
  return {
    matrices: [...byColumns].map(([columns, pieces]) => ({
      name: String(columns),
      shape: [pieces.reduce((rows, piece) => rows + piece.rows, 0), columns],
      pieces,
    })),
  };
}

/** Values of the slots, stacked: one array per matrix, by its name. */
export function pack({ matrices }: Packing): Arrays {
  return Object.fromEntries(
    matrices.map(({ name, shape: [rows, columns], pieces }) => {
      const values = new Float64Array(rows * columns);
      for (const { slot, row } of pieces) values.set(slot.values, row * columns);
      return [name, values];
    }),
  );
}

/** The slots' parts of packed values, by slot key. Views: nothing is copied. */
export function unpack(
  { matrices }: Packing,
  packed: Readonly<Record<string, NumericArray>>,
): Arrays {
  return Object.fromEntries(
    matrices.flatMap(({ name, shape: [, columns], pieces }) => {
      const values = packed[name];
      if (!values) throw new Error(`unpack: the packed matrix "${name}" is missing.`);
      return pieces.map(({ slot, row, rows }) => [
        slotKey(slot),
        values.subarray(row * columns, (row + rows) * columns),
      ]);
    }),
  );
}

/** The same for tensors: one split per matrix, a reshape only for variables that are not matrices. */
export function unpackTensors({ matrices }: Packing, packed: readonly Tensor[]): Tensors {
  const tensors: Tensors = {};
  matrices.forEach(({ pieces }, i) => {
    const matrix = packed[i] as Tensor;
    const parts =
      pieces.length === 1
        ? [matrix]
        : tf.split(
            matrix,
            pieces.map(({ rows }) => rows),
            0,
          );
    pieces.forEach(({ slot }, k) => {
      const part = parts[k] as Tensor;
      tensors[slotKey(slot)] = slot.shape.length === 2 ? part : tf.reshape(part, [...slot.shape]);
    });
  });
  return tensors;
}
