import { pointClouds, type Panel } from "../../report/point-clouds.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import { picturedRuns } from "./kept-arrays.ts";
import type { Wish } from "./kinds.ts";

/** Stages that are drawn of each run at most: the data, the last, and some evenly between. */
const MOST = 9;

/**
 * Test rows after each layer, from the data to the latent end, one column for each run; of each line the lowest seed.
 *
 * @throws NothingToDraw where no run has kept the rows
 */
export function drawStages(
  found: FoundRecords,
  wish: Pick<Wish, "rows" | "panels">,
): Promise<string> {
  const how = "evaluation.layers=true, rows of two columns, a family of layers";
  const runs = picturedRuns(found, wish, "layer-rows", how);
  const several = new Set(runs.map(({ panel }) => panel)).size > 1;
  const panels = runs.flatMap(({ panel, line, array }): Panel[] => {
    const { values = [], shape = [] } = array("layer-rows") ?? {};
    const [stages = 0, rows = 0] = shape;
    const shown = Math.min(MOST, stages);
    return Array.from({ length: shown }, (_, k) => {
      const stage = shown === 1 ? 0 : Math.round((k * (stages - 1)) / (shown - 1));
      const points = Array.from(values).slice(2 * rows * stage, 2 * rows * (stage + 1));
      return {
        row: stage === 0 ? "data" : `layer ${stage}`,
        col: several ? `${line}, ${panel}` : line,
        points,
      };
    });
  });
  return Promise.resolve(pointClouds(panels, { ownScales: true }));
}
