import { didYouMean } from "../../registry.ts";
import { drawFigure } from "../../report/figure/draw-figure.ts";
import { NothingToDraw } from "../../report/figure/figure.ts";
import { LAYER_METRICS, layersFigure, type LayerMetric } from "../../report/layers-figure.ts";
import { learningFigure } from "../../report/learning-figure.ts";
import { isNumericKey, metricFigure } from "../../report/metric-figure.ts";
import { configValue, metricNames } from "../../report/observation.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import { readLearningCurve } from "../../runner/store/learning-curve.ts";
import { UserError } from "../../runner/user-error.ts";
import type { KindName } from "./kind-names.ts";
import { drawDensity } from "./density.ts";
import { drawSamples } from "./samples.ts";
import { drawStages } from "./stages.ts";

export interface Wish {
  readonly rows: string;
  /** The axis of the panels. */
  readonly panels: string;
  readonly x: string;
  /** What the user asked for, if anything. */
  readonly metric: string | undefined;
}

/** Draws one kind of figure, as SVG. Throws NothingToDraw where the records hold nothing of the kind. */
type Kind = (found: FoundRecords, wish: Wish) => Promise<string>;

/** Throws if a word is none of those known, with what was probably meant. */
function assertKnown(what: string, option: string, word: string, known: readonly string[]): void {
  if (known.length > 0 && !known.includes(word))
    throw new NothingToDraw(
      `No run has ${what} "${word}".${didYouMean(word, known)} Give ${option} one of: ${known.join(", ")}.`,
    );
}

/** Keys of the configurations that hold numbers. */
function numericKeys({ records }: FoundRecords): readonly string[] {
  const keys = records.flatMap(({ config }) =>
    Object.entries(config).flatMap(([group, values]) =>
      typeof values === "object" && values !== null
        ? Object.keys(values).map((key) => `${group}.${key}`)
        : [group],
    ),
  );
  return [...new Set(keys)].filter((key) => isNumericKey(records, key));
}

function drawMetric(found: FoundRecords, { rows, panels, x, metric = "test_nll" }: Wish) {
  const { records } = found;
  const names = metricNames(records, false);
  assertKnown("a metric", "--metric", metric, names);
  const value = records.map((record) => configValue(record, x)).find((v) => v !== undefined);
  if (!isNumericKey(records, x) && value !== undefined)
    throw new UserError(
      `--x ${x}: expected a key that holds numbers, got ${JSON.stringify(value)}; give it as --rows, or one of: ${numericKeys(found).join(", ")}.`,
    );
  if (!isNumericKey(records, x))
    assertKnown("a number", "--x", x, [...names, ...numericKeys(found)]);
  return drawFigure(metricFigure(records, { rows, panels, metric, x }));
}

function drawLayers(found: FoundRecords, { rows, panels }: Wish, metric: string) {
  assertKnown("a number of layers", "--metric", metric, Object.keys(LAYER_METRICS));
  return drawFigure(layersFigure(found.records, { rows, panels, metric: metric as LayerMetric }));
}

export const kinds: Readonly<Record<KindName, Kind>> = {
  "kl-decay": (found, wish) => drawLayers(found, wish, wish.metric ?? "kl"),
  ratio: (found, wish) => drawLayers(found, wish, "ratio"),
  metric: drawMetric,
  learning: ({ records, folders }, wish) =>
    drawFigure(
      learningFigure(
        records.map((record, i) => ({ record, curve: readLearningCurve(folders[i] ?? "") })),
        wish,
      ),
    ),
  samples: drawSamples,
  density: drawDensity,
  stages: drawStages,
};
