import { test } from "uvu";
import * as assert from "uvu/assert";
import { datasetContract, metricContract } from "../../src/contract/index.ts";
import type { Dataset, DatasetDefinition } from "../../src/datasets/dataset.ts";
import { circlesDataset } from "../../src/datasets/circles.ts";
import { eightGaussiansDataset } from "../../src/datasets/eight-gaussians.ts";
import { idealMap } from "../../src/evaluation/metrics/ideal-map.ts";
import { measure } from "../../src/evaluation/metrics/measure.ts";
import type { MetricDefinition } from "../../src/evaluation/metrics/metric-definition.ts";
import { mmd } from "../../src/evaluation/metrics/mmd.ts";
import { createRng } from "../../src/math/rng.ts";

for (const dataset of [circlesDataset, eightGaussiansDataset])
  for (const { name, run } of datasetContract(dataset)) test(name, run);
for (const metric of [mmd, idealMap])
  for (const { name, run } of metricContract(metric)) test(name, run);

/** Parts of the names of the checks that fail. */
async function failing(checks: ReturnType<typeof datasetContract>): Promise<string> {
  const names: string[] = [];
  for (const { name, run } of checks)
    try {
      await run();
    } catch {
      names.push(
        name
          .replace(/^\S+: /, "")
          .split(" ")
          .slice(0, 3)
          .join(" "),
      );
    }
  return names.join("; ");
}

/** eight-gaussians with a fault. */
const faulty = (fault: (dataset: Dataset) => Partial<Dataset>): DatasetDefinition => ({
  ...eightGaussiansDataset,
  async load(args) {
    const dataset = await eightGaussiansDataset.load(args);
    return { ...dataset, ...fault(dataset) };
  },
});

test("each fault of a data set is caught by the check that is about it", async () => {
  const entropyOff = faulty(({ entropy }) =>
    entropy ? { entropy: { ...entropy, value: entropy.value + 0.05 } } : {},
  );
  assert.is(await failing(datasetContract(entropyOff)), "the entropy is");
  // A lost factor 2 in density and entropy alike: they agree with each other, and not with 1.
  const twice = faulty(({ entropy, logDensity }) => ({
    ...(entropy && { entropy: { ...entropy, value: entropy.value - Math.LN2 } }),
    ...(logDensity && { logDensity: (rows) => logDensity(rows).map((v) => v + Math.LN2) }),
  }));
  assert.is(await failing(datasetContract(twice)), "the density integrates");
  const leak = faulty(({ train, test: held }) => ({
    test: { ...held, values: train.values.slice(0, held.values.length) },
  }));
  assert.is(await failing(datasetContract(leak)), "no row is");
  const ids = faulty(({ testIds }) => ({ testIds: testIds.map(() => 7) }));
  assert.is(await failing(datasetContract(ids)), "rows, columns and");
  const deaf: DatasetDefinition = {
    ...eightGaussiansDataset,
    load: ({ options }) => eightGaussiansDataset.load({ options, rng: createRng(0) }),
  };
  assert.is(await failing(datasetContract(deaf)), "the same seed");
  const wrong: DatasetDefinition = {
    ...eightGaussiansDataset,
    outline: () => ({ shape: [2], columns: ["x", "y"] }),
  };
  assert.is(await failing(datasetContract(wrong)), "the rows are");
});

test("each fault of a metric is caught by the check that is about it", async () => {
  const metric = (compute: MetricDefinition["compute"]): MetricDefinition => ({
    name: "faulty",
    summary: "",
    paper: "",
    compute,
  });
  const basis = (nonfinite: number) =>
    ({ n: 10, nonfinite, unit: "1", provenance: { kind: "exact" } }) as const;
  const give = (value: number, nonfinite: number, name = "faulty") =>
    Promise.resolve({ metrics: { [name]: measure(value, 0.1, basis(nonfinite)) } });
  const constant = metric(({ twoSamples }) =>
    twoSamples().then(({ nonfinite }) => give(1, nonfinite)),
  );
  assert.is(await failing(metricContract(constant)), "tells a wrong");
  const blind = metric(async ({ twoSamples }) => {
    const { model } = await twoSamples();
    const finite = model.values.filter(Number.isFinite);
    return give(finite.reduce((sum, v) => sum + v, 0) / finite.length, 0);
  });
  assert.is(await failing(metricContract(blind)), "a draw or");
  const misnamed = metric(({ twoSamples }) =>
    twoSamples().then(({ nonfinite }) => give(1, nonfinite, "other")),
  );
  assert.match(await failing(metricContract(misnamed)), /^gives a finite/);
});

test.run();
