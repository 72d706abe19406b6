import { rowSize, type Rows } from "../math/rows.ts";
import type { Dataset } from "./dataset.ts";

/** Images as tables, one column per pixel and channel; the image's shape stays known. A table stays as it is. */
export function flattenRows(dataset: Dataset): Dataset {
  const { shape, train, validation, test } = dataset;
  if (shape.length === 1) return dataset;
  const flat = (rows: Rows): Rows => ({ ...rows, shape: [rowSize(rows)] });
  return {
    ...dataset,
    shape: [rowSize(train)],
    image: shape,
    train: flat(train),
    validation: flat(validation),
    test: flat(test),
  };
}
