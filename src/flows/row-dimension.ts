import type { Shape } from "../engine/index.ts";

/** D of rows of shape [D]; throws for other shapes and for fewer than `minDim` dimensions. */
export function rowDimension(family: string, shape: Shape, minDim: number): number {
  const [dim] = shape;
  if (shape.length !== 1 || dim === undefined)
    throw new Error(
      `${family}: expected rows of shape [D], got [${shape.join(", ")}]; choose an image family, or flatten the rows.`,
    );
  if (dim < minDim)
    throw new Error(
      `${family}: expected at least ${minDim} dimensions, got ${dim}; choose more columns or another family.`,
    );
  return dim;
}
