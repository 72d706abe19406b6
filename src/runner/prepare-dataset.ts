import { conditionOn } from "../datasets/condition-on.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { conditionedOutline, flatOutline, type Outline } from "../datasets/outline.ts";
import { flattenRows } from "../datasets/flatten.ts";
import { rowSize } from "../math/rows.ts";
import type { Family } from "../model.ts";
import type { Registry } from "../registry.ts";
import type { Config } from "./config/resolve.ts";
import { UserError } from "./user-error.ts";

/**
 * The data set in the form that the configuration asks for: images as tables, rows as p(x | c).
 *
 * @throws DataError for a condition that cannot be
 */
export function prepareDataset(dataset: Dataset, { flatten, condition }: Config["data"]): Dataset {
  const rows = flatten === true ? flattenRows(dataset) : dataset;
  return Array.isArray(condition) ? conditionOn(rows, condition.map(String)) : rows;
}

/** The same of what is known of the rows beforehand; throws as well. */
export function prepareOutline(outline: Outline, { flatten, condition }: Config["data"]): Outline {
  const rows = flatten === true ? flatOutline(outline) : outline;
  return Array.isArray(condition) ? conditionedOutline(rows, condition.map(String)) : rows;
}

/**
 * Checks that the family takes such rows.
 *
 * @throws UserError with the families that do
 */
export function checkFamily(family: Family, dataset: Outline, families: Registry<Family>): void {
  const { name, supports } = family;
  const able = (what: "tabular" | "image" | "conditional"): string =>
    families.all.flatMap((f) => (f.supports[what] ? f.name : [])).join(", ") || "none";
  const shape = `[${dataset.shape.join(", ")}]`;
  const isImage = dataset.shape.length === 3;
  if (isImage && !supports.image)
    throw new UserError(
      `family "${name}" takes tables, the rows of "${dataset.name}" are images of shape ${shape}; ` +
        `set data.flatten=true, or choose a family for images: ${able("image")}.`,
    );
  if (!isImage && !supports.tabular)
    throw new UserError(
      `family "${name}" takes images, the rows of "${dataset.name}" are ` +
        (dataset.image
          ? "flattened to tables; set data.flatten=false"
          : `a table of shape ${shape}; choose images, such as data=faces, or data=file with data.imageShape`) +
        `, or choose a family for tables: ${able("tabular")}.`,
    );
  if (dataset.condition && !supports.conditional)
    throw new UserError(
      `family "${name}" has no condition, data.condition names ${dataset.condition.join(", ")}; ` +
        `set data.condition=null, or choose a conditional family: ${able("conditional")}.`,
    );
  const dim = rowSize(dataset);
  if (dim < supports.minDim)
    throw new UserError(
      `family "${name}" needs at least ${supports.minDim} dimensions, "${dataset.name}" has ${dim}; choose more columns or another family.`,
    );
}
