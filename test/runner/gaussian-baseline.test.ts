import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Metric } from "../../src/evaluation/metric.ts";
import { metric, perform } from "./perform.ts";

const baseline = ({ evaluated }: Awaited<ReturnType<typeof perform>>, name: string) =>
  (evaluated?.metrics[name] as Metric | undefined)?.baseline;

const DATA: Readonly<Record<string, readonly string[]>> = {
  "a plane with known density": ["data=two-moons"],
  "standardised columns given a condition": [
    ...["data=sbi-gaussian-linear", "data.dim=2", "data.condition=[x1,x2]"],
    "data.standardise=true",
  ],
  "bounded columns": ["data=sbi-two-moons", "data.bounds={theta1: [-1, 1], theta2: [-1, 1]}"],
  "counts of a flattened image": ["data=faces", "data.flatten=true"],
};

for (const [what, data] of Object.entries(DATA))
  test(`the baseline of ${what} is what the family gaussian gets on the same draw`, async () => {
    const own = [...data, "data.size=1000", "seed=3"];
    const other = await perform(["family=real-nvp", "training.steps=1", ...own]);
    const gaussian = await perform(["family=gaussian", ...own]);
    const { metrics } = gaussian.evaluated ?? {};
    const names = Object.keys(metrics ?? {}).filter((name) => name !== "entropy");
    assert.ok(names.includes("test_nll"));
    for (const name of names) {
      const { value = NaN, stderr = NaN, provenance } = baseline(other, name) ?? {};
      // The family keeps its parameters in float32; its volume may be off by D half units in the last place.
      const tolerance = 2e-6 * Math.max(1, Math.abs(value), other.dataset.columns.length);
      assert.ok(
        Math.abs(value - metric(gaussian, name)) < tolerance,
        `${name}: ${value}, ${metric(gaussian, name)}`,
      );
      const theirs = metrics?.[name] as Metric;
      assert.ok(Math.abs((stderr ?? NaN) - (theirs.stderr ?? NaN)) < tolerance);
      assert.equal(provenance?.kind, theirs.provenance.kind);
    }
  });

test("where the rows have no Gaussian there is no baseline, and the run goes its way", async () => {
  // More columns than rows.
  const run = await perform([
    "family=real-nvp",
    "data=gaussian",
    "data.dim=40",
    "data.size=40",
    "training.steps=1",
  ]);
  assert.is(baseline(run, "test_nll"), undefined);
  assert.type(metric(run, "test_nll"), "number");
});

test.run();
