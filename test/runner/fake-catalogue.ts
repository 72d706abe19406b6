import { defineDataset } from "../../src/datasets/dataset.ts";
import type { MetricDefinition } from "../../src/evaluation/metrics/metric-definition.ts";
import { defineFamily, ModelError } from "../../src/model.ts";
import { flag, integer, list, oneOf, positive, real } from "../../src/options.ts";
import { createRegistry } from "../../src/registry.ts";
import type { Catalogue } from "../../src/runner/catalogue.ts";
import { dataOptions } from "../../src/runner/data-options.ts";
import { globNames } from "../../src/runner/config/glob-names.ts";
import { createLibrary } from "../../src/runner/config/library.ts";
import { parseOverrides } from "../../src/runner/config/override.ts";
import type { Sampler } from "../../src/runner/config/sampler.ts";
import { resolveRuns } from "../../src/runner/config/resolve.ts";

const supports = { tabular: true, image: false, conditional: false, minDim: 1 };
const notBuilt = () => {
  throw new Error("the fake family is never built");
};

const alpha = defineFamily({
  name: "alpha",
  summary: "a family with two options",
  paper: "none",
  options: {
    layers: integer(8, "Number of layers.", { min: 1 }),
    hidden: list(integer(64, "Width.", { min: 1 }), [64, 64], "Widths."),
    mixing: oneOf(["rotation", "permutation", "none"], "rotation", "Between layers."),
  },
  supports,
  build: notBuilt,
});
const beta = defineFamily({
  name: "beta",
  summary: "a family with other options",
  paper: "none",
  options: { bins: integer(8, "Bins.", { min: 2 }), minWidth: real(1e-3, "Width.", { min: 0 }) },
  training: { learningRate: 5e-4 },
  supports,
  checkOptions({ bins, minWidth }) {
    if (bins * minWidth >= 1)
      throw new ModelError(
        `beta: ${bins} bins of at least ${minWidth} do not fit; lower minWidth.`,
      );
  },
  build: notBuilt,
});

const anything = {
  doc: "Fractions, or a mask file and a fold.",
  default: [0.8, 0.1, 0.1] as unknown,
  expected: "a list or a map",
  accepts: (x: unknown): x is unknown => typeof x === "object" && x !== null,
};
const dots = defineDataset({
  name: "dots",
  summary: "dots",
  source: "none",
  options: { noise: real(0.1, "Noise.", { min: 0 }), split: anything },
  load: notBuilt,
});
const lines = defineDataset({
  name: "lines",
  summary: "lines",
  source: "none",
  options: { split: anything },
  load: notBuilt,
});

export const fakeCatalogue: Catalogue = {
  families: createRegistry("family", [alpha, beta]),
  datasets: createRegistry("data set", [dots, lines]),
  metrics: createRegistry<MetricDefinition>("metric", []),
  data: dataOptions,
  training: {
    steps: integer(1000, "Steps.", { min: 1 }),
    batch: integer(256, "Rows per step.", { min: 1 }),
    learningRate: positive(1e-3, "Step size."),
  },
  evaluation: {
    layers: flag(false, "KL per layer."),
    metrics: list(oneOf(["nll", "c2st"], "nll", "A metric."), ["nll"], "Metrics."),
  },
  engine: { threads: integer(1, "Threads.", { min: 1 }) },
  engines: ["auto", "cpu"],
  plugins: [],
  broken: [],
};

/** Resolves override texts against the fake catalogue. */
export const resolveFake = (
  texts: readonly string[],
  {
    seeds,
    folders = [],
    sampler,
  }: { seeds?: readonly number[]; folders?: readonly string[]; sampler?: Sampler } = {},
) => {
  const library = createLibrary(folders);
  const names = globNames(parseOverrides(texts), fakeCatalogue, library);
  return resolveRuns(
    {
      overrides: parseOverrides(texts, names),
      ...(sampler && { sampler }),
      ...(seeds && { seeds: { values: seeds, origin: { kind: "argument", text: "--seeds" } } }),
    },
    fakeCatalogue,
    library,
  );
};
