import type { Shape } from "../engine/index.ts";
import { ModelError } from "../model.ts";

/** D of rows of shape [D]; throws ModelError for other shapes and for fewer than `minDim` dimensions. */
export function rowDimension(family: string, shape: Shape, minDim: number): number {
  const [dim] = shape;
  if (shape.length !== 1 || dim === undefined)
    throw new ModelError(
      `${family}: expected rows of shape [D], got [${shape.join(", ")}]; flatten images with data.flatten=true, or choose a family for images such as glow.`,
    );
  if (dim < minDim)
    throw new ModelError(
      `${family}: expected at least ${minDim} dimensions, got ${dim}; choose more columns or another family.`,
    );
  return dim;
}
