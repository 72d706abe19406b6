import { rowSize, selectRows, type Rows } from "../math/rows.ts";
import type { Attribute, Attributes } from "./dataset.ts";
import type { Source } from "./read-source.ts";

/** By value where all words are numbers, else by the alphabet. */
function sortWords(words: Iterable<string>): string[] {
  const all = [...new Set(words)];
  const numeric = all.every((word) => word !== "" && Number.isFinite(Number(word)));
  return numeric ? all.sort((a, b) => Number(a) - Number(b)) : all.sort();
}

/**
 * What stands beside the rows of one or two sources, one after the other, for each part of the split; undefined where
 * there is nothing. A class is the index of its word among all words, sorted.
 */
export function fileAttributes(
  sources: readonly Source[],
  parts: Readonly<Record<"train" | "validation" | "test", Int32Array>>,
): Attributes | undefined {
  const [first] = sources;
  const names = first?.numbers.names ?? [];
  const classes = (first?.table.words ?? []).map(({ name }, w) => ({
    name,
    cells: sources.flatMap(({ table }) => table.words[w]?.cells ?? []),
  }));
  const size = names.length + classes.length;
  if (size === 0) return undefined;
  const words = classes.map(({ cells }) => sortWords(cells));
  const index = words.map((sorted) => new Map(sorted.map((word, i) => [word, i])));
  const numbers = sources.flatMap(({ numbers: { rows } }) =>
    Array.from({ length: rows.count }, (_, i) =>
      rows.values.subarray(i * rowSize(rows), (i + 1) * rowSize(rows)),
    ),
  );
  const all: Rows = {
    count: numbers.length,
    shape: [size],
    values: new Float64Array(numbers.length * size).map((_, k) => {
      const [i, j] = [Math.floor(k / size), k % size];
      if (j < names.length) return numbers[i]?.[j] ?? NaN;
      const c = j - names.length;
      return index[c]?.get(classes[c]?.cells[i] ?? "") ?? NaN;
    }),
  };
  const of: Attribute[] = [
    ...names.map((name) => ({ name })),
    ...classes.map(({ name }, c) => ({ name, classes: words[c] ?? [] })),
  ];
  return {
    of,
    train: selectRows(all, parts.train),
    validation: selectRows(all, parts.validation),
    test: selectRows(all, parts.test),
  };
}
