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
  /** Name of the matrix: its columns and a number. */
  readonly name: string;
  readonly shape: [rows: number, columns: number];
  readonly pieces: { readonly slot: Slot; readonly row: number; readonly rows: number }[];
}

/** A variable's columns are its last dimension; of rank 0 or 1 it is one row. */
const columnsOf = (shape: Shape): number => shape.at(-1) ?? 1;
const rowsOf = (shape: Shape): number => shape.slice(0, -1).reduce((product, d) => product * d, 1);

/**
 * Entries of a matrix at most, unless a single variable has more. An optimiser step passes some ten times over a
 * matrix, its moments and its gradient: up to this size (256 KiB in float32) they stay in a core's cache.
 */
const MOST_ENTRIES = 65_536;

export function packing(slots: readonly Slot[]): Packing {
  const open = new Map<number, PackedMatrix>();
  const matrices: PackedMatrix[] = [];
  for (const slot of slots) {
    const [rows, columns] = [rowsOf(slot.shape), columnsOf(slot.shape)];
    const last = open.get(columns);
    if (last !== undefined && (last.shape[0] + rows) * columns <= MOST_ENTRIES) {
      last.pieces.push({ slot, row: last.shape[0], rows });
      last.shape[0] += rows;
      continue;
    }
    const fresh: PackedMatrix = {
      name: `${columns}-${matrices.length}`,
      shape: [rows, columns],
      pieces: [{ slot, row: 0, rows }],
    };
    matrices.push(fresh);
    // A variable that fills a matrix by itself does not end the one that smaller ones are collected in.
    if (last === undefined || rows * columns < MOST_ENTRIES) open.set(columns, fresh);
  }
  return { matrices };
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
