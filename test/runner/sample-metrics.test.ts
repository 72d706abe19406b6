import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readNpy } from "../../src/datasets/npy.ts";
import { defineMetric, measure } from "../../src/evaluation/metrics/kit.ts";
import { createRegistry } from "../../src/registry.ts";
import { createLibrary } from "../../src/runner/config/library.ts";
import { parseOverrides } from "../../src/runner/config/override.ts";
import { resolveRuns } from "../../src/runner/config/resolve.ts";
import { loadCatalogue } from "../../src/runner/load-catalogue.ts";
import { performRun } from "../../src/runner/run.ts";
import { runInFolder } from "../../src/runner/run-in-folder.ts";
import { createRunFolder } from "../../src/runner/store/run-folder.ts";
import { metric, perform, refusal } from "./perform.ts";

const LINEAR = ["family=gaussian", "data=sbi-gaussian-linear", "data.dim=2", "data.size=8000"];
const CONDITION = ["data.condition=[x1,x2]", "data.standardise=true"];

test("a Gaussian given its condition is the exact posterior of a linear simulator, and every metric says so", async () => {
  const run = await perform([
    ...[...LINEAR, ...CONDITION, "evaluation.draws=300", "evaluation.contexts=400"],
    "evaluation.metrics=[nll,kl,mmd,sliced_wasserstein,sbc,coverage]",
  ]);
  // 2 · 2 weights, 2 shifts and 3 covariances from 6,400 rows cost 9/(2 · 6400) = 7e-4 nats; the paired estimate on
  // 800 rows scatters by √(2 · 7e-4/800) = 1.3e-3.
  assert.ok(Math.abs(metric(run, "kl")) < 6e-3, String(metric(run, "kl")));
  const found = run.evaluated?.metrics as Record<string, Record<string, number>>;
  // Twice the floor is beyond all that luck does, but for one in 500.
  for (const name of ["sbc", "coverage", "sliced_wasserstein"])
    assert.ok(
      metric(run, name) < 2 * (found[name]?.["floor"] ?? 0),
      `${name} ${metric(run, name)}`,
    );
  assert.ok((found["sbc"]?.["pValue"] ?? 0) > 0.01);
  assert.ok(Math.abs(metric(run, "mmd")) < 4 * (found["mmd"]?.["stderr"] ?? 0));
  assert.equal(run.evaluated?.notes, []);
});

test("without a condition the record says why calibration is not in it", async () => {
  const run = await perform([...LINEAR, "evaluation.metrics=[nll,sbc,mmd]", "evaluation.draws=50"]);
  assert.match(run.evaluated?.notes.join(" ") ?? "", /sbc is left out: .*data\.condition/);
  assert.is(run.evaluated?.metrics["sbc"], undefined);
  assert.is((run.evaluated?.metrics["mmd"] as { n: number }).n, 50);
});

test("a metric cannot replace a number of the likelihood", async () => {
  const catalogue = await loadCatalogue();
  const overrides = parseOverrides([...LINEAR, "evaluation.metrics=[nll]"]);
  const [run] = await resolveRuns({ overrides }, catalogue, createLibrary([]));
  if (run === undefined) throw new Error("no run");
  const about = {
    n: 1,
    nonfinite: 0,
    unit: "1",
    provenance: { kind: "samples", draws: 1 },
  } as const;
  const sly = defineMetric({
    ...{ name: "sly", summary: "for tests", paper: "none" },
    compute: () =>
      Promise.resolve({
        metrics: { test_nll: measure(-1e9, 0, about), sly: measure(2, 0, about) },
      }),
  });
  const evaluation = { ...run.config.evaluation, metrics: ["nll", "sly"] };
  const { evaluated } = await performRun(
    { ...run.config, evaluation },
    { catalogue: { ...catalogue, metrics: createRegistry("metric", [sly]) } },
  );
  const value = (name: string): unknown => (evaluated?.metrics[name] as { value: unknown }).value;
  assert.ok(Number(value("test_nll")) > -100);
  assert.is(value("sly"), 2);
  assert.match(evaluated?.notes.join(" ") ?? "", /"test_nll" of a metric is left out/);
});

test("an unknown metric is refused with those that there are", async () => {
  const message = await refusal(() => perform([...LINEAR, "evaluation.metrics=[nll,c2s]"]));
  assert.match(
    message,
    /evaluation\.metrics.*one of nll, kl, c2st, mmd, sliced_wasserstein, sbc, coverage/,
  );
});

test("ranks, curve and figure stand beside the record", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-metrics-"));
  try {
    const catalogue = await loadCatalogue();
    const overrides = parseOverrides([
      ...[...LINEAR, ...CONDITION, "evaluation.metrics=[sbc,coverage]"],
      ...["evaluation.contexts=40", "evaluation.posteriorDraws=19"],
    ]);
    const [run] = await resolveRuns({ overrides }, catalogue, createLibrary([]));
    if (run === undefined) throw new Error("no run");
    const path = join(folder, "run");
    createRunFolder(path, run);
    const record = await runInFolder({ folder: path, catalogue });
    assert.is(record.metrics["sbc"]?.n, 40);
    const array = (name: string) => readNpy(readFileSync(join(path, "arrays", name)), name);
    const ranks = array("sbc-ranks.npy");
    assert.equal(ranks.shape, [40, 2]);
    assert.ok(ranks.values.every((rank) => rank >= 0 && rank <= 19));
    assert.equal(array("coverage-curve.npy").shape, [19, 2]);
    assert.match(readFileSync(join(path, "figures", "sbc-ranks.svg"), "utf8"), /^<svg/);
    // The PNG needs a package that is optional.
    try {
      const png = readFileSync(join(path, "figures", "sbc-ranks.png"));
      assert.is(png.subarray(1, 4).toString("latin1"), "PNG");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      console.log("sample-metrics.test: no PNG, since @resvg/resvg-js is not installed");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
