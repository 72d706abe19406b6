import { densityMaps, type DensityPanel } from "../../report/density-maps.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import { picturedRuns } from "./kept-arrays.ts";
import type { Wish } from "./kinds.ts";

/**
 * The density of every row as a map beside that of the data, for data of two columns; of each the lowest seed.
 *
 * @throws NothingToDraw where no run has kept its density
 */
export async function drawDensity(
  found: FoundRecords,
  wish: Pick<Wish, "rows" | "panels">,
): Promise<string> {
  const runs = picturedRuns(found, wish, "density", "evaluation.grid, rows of two columns");
  const panels: DensityPanel[] = [];
  const add = (row: string, col: string, values: ArrayLike<number> | undefined): void => {
    if (!values || panels.some((panel) => panel.row === row && panel.col === col)) return;
    panels.push({ row, col, cells: Math.sqrt(values.length), logDensity: values });
  };
  // The data's rows first, so that its colours are those of the column.
  for (const { panel, array } of runs) add("data", panel, array("density-truth")?.values);
  for (const { panel, line, array } of runs) add(line, panel, array("density")?.values);
  return densityMaps(panels);
}
