import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readNpy } from "../../src/datasets/npy.ts";
import type { RunRecord } from "../../src/record.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("command line");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-cli-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const GAUSSIAN = ["family=gaussian", "data=two-moons", "data.size=500", "evaluation.samples=20"];

test("run --json prints one record of schema 1 and nothing else on stdout", ({ folder }) => {
  const { code, stdout } = flowmeter(folder, "run", ...GAUSSIAN, "--out", "g", "--json");
  assert.is(code, 0);
  const record = JSON.parse(stdout) as RunRecord;
  assert.is(record.schema, 1);
  assert.equal(
    [record.status, record.family, record.dataset, record.dim, record.seed],
    ["done", "gaussian", "two-moons", 2, 0],
  );
  assert.match(record.configHash, /^[0-9a-f]{12}$/);
  const nll = record.metrics["test_nll"];
  assert.equal(
    [nll?.n, nll?.nonfinite, nll?.unit, nll?.provenance],
    [50, 0, "nats", { kind: "exact" }],
  );
  assert.type(nll?.stderr, "number");
  for (const name of ["test_nll_standardised", "entropy", "kl"]) assert.ok(record.metrics[name]);
  for (const key of ["version", "node", "engine", "provider", "device", "dataDigest", "started"])
    assert.type(record.provenance[key], "string", key);
  assert.equal(JSON.parse(readFileSync(join(folder, "g", "result.json"), "utf8")), record);
});

test("log p per test row stands beside the record, in raw units, and averages to it", ({
  folder,
}) => {
  const path = join(folder, "g", "arrays", "test-log-prob.npy");
  const { values } = readNpy(readFileSync(path), path);
  const record = JSON.parse(readFileSync(join(folder, "g", "result.json"), "utf8")) as RunRecord;
  const mean = -values.reduce((sum, x) => sum + x, 0) / values.length;
  // Float64 sums of 50 numbers.
  assert.ok(Math.abs(mean - (record.metrics["test_nll"]?.value ?? NaN)) < 1e-12);
});

test("standardising does not change the NLL of a Gaussian in raw units", ({ folder }) => {
  const nll = (...more: string[]): Record<string, number | null | undefined> => {
    const { stdout } = flowmeter(
      folder,
      ...["run", ...GAUSSIAN, "evaluation.precision=float64", "--json", ...more],
    );
    const { metrics } = JSON.parse(stdout) as RunRecord;
    return {
      raw: metrics["test_nll"]?.value,
      standardised: metrics["test_nll_standardised"]?.value,
    };
  };
  const plain = nll();
  const scaled = nll("data.standardise=true");
  // The fitted Gaussian is equivariant; what is left is float64 round-off of a 2 × 2 factorisation.
  for (const kind of ["raw", "standardised"])
    assert.ok(Math.abs((plain[kind] ?? NaN) - (scaled[kind] ?? NaN)) < 1e-9, kind);
  assert.ok(Math.abs((plain["raw"] ?? NaN) - (plain["standardised"] ?? NaN)) > 0.1);
});

test("a run that is done is reused, and another one does not get its folder", ({ folder }) => {
  const again = flowmeter(folder, "run", ...GAUSSIAN, "--out", "g");
  assert.is(again.code, 0);
  assert.match(again.stderr, /is reused/);
  assert.equal(
    readdirSync(join(folder, "g")).filter((name) => name.startsWith("attempt")),
    ["attempt-0001"],
  );
  const other = flowmeter(folder, "run", ...GAUSSIAN, "seed=1", "--out", "g");
  assert.is(other.code, 2);
  assert.match(other.stderr, /holds another run/);
});

test("sample and logprob speak raw units and obey the seed", ({ folder }) => {
  const draw = (seed: string, out: string): string => {
    const { code, stderr } = flowmeter(
      folder,
      ...["sample", "g", "--n", "400", "--seed", seed, "--out", out],
    );
    assert.is(code, 0, stderr);
    return readFileSync(join(folder, out), "utf8");
  };
  const first = draw("1", "a.csv");
  assert.is(first, draw("1", "b.csv"));
  assert.is.not(first, draw("2", "c.csv"));
  const { code, stderr } = flowmeter(folder, "logprob", "g", "a.csv", "--out", "lp.npy");
  assert.is(code, 0, stderr);
  const { values } = readNpy(readFileSync(join(folder, "lp.npy")), "lp.npy");
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const record = JSON.parse(readFileSync(join(folder, "g", "result.json"), "utf8")) as RunRecord;
  // −mean log p of a Gaussian's own draws is its entropy, and so is its NLL on train; the s.e. over 400 rows is 0.05.
  assert.ok(Math.abs(mean + (record.training?.["trainLoss"] as number)) < 0.25);
});

test("bad input ends with code 2, a line of cause and place, and leaves nothing behind", ({
  folder,
}) => {
  writeFileSync(join(folder, "ragged.csv"), "a,b\n1,2\n3\n");
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["run", "family=glo", "data=two-moons"], /unknown family "glo"/],
    [["run", "family=real-nvp", "data=two-moons", "family.layers=2.5"], /override 3.*got 2\.5/],
    [["run", "family=real-nvp", "data=file", "data.path=none.csv"], /none\.csv/],
    [["run", "family=real-nvp", "data=file", "data.path=ragged.csv"], /ragged\.csv:3/],
    [["run", "family=real-nvp", "data=gaussian", "data.dim=1"], /at least 2 dimensions/],
    [["run", "family=gaussian", "data=two-moons", "data.split=[0.5,0.1,0.1]"], /add up to 1/],
    [["run", "family=gaussian,real-nvp", "data=two-moons"], /flowmeter sweep/],
    [["run", ...GAUSSIAN, "--out", "ragged.csv/x"], /cannot write to ragged.*choose another --out/],
    [["sweep", ...GAUSSIAN, "--out", "ragged.csv/x"], /cannot write to ragged.*another --out/],
    [
      ["run", "family=real-nvp", "data=gaussian", "data.dim=1", "--out", "new/deep"],
      /2 dimensions/,
    ],
    [["sweep", ...GAUSSIAN, "--seeds", "x"], /--seeds x.*give --seeds 5/],
    [["sweep", ...GAUSSIAN, "seed=0,-1"], /seed: expected/],
    [["sweep", ...GAUSSIAN, "--out", "unmade", "-j", "0"], /-j 0.*give -j 2/],
    [["run", "famly=gaussian", "data=two-moons"], /no family is chosen[^]*unknown key "famly"/],
    [["resume", "nowhere"], /neither the folder of a sweep nor of a run/],
    [["rnu"], /Did you mean run/],
    [["table"], /dirs|Not enough/],
    [["run", ...GAUSSIAN, "--bogus"], /bogus/],
    [["sweep", ...GAUSSIAN, "-j", "x", "--out=a", "--out=b"], /-j x: [^]*--out is given 2 times/],
    [["sweep", ...GAUSSIAN, "--seeds", "1e9"], /expected at most 100000 seeds/],
    [["sweep", ...GAUSSIAN, "--retry", "2"], /retry\. Did you mean --retries\?/],
    [
      ["sweep", "family=gaussian", "data=two-moon", "-j", "0", "--retries", "-1", "--seeds", "-1"],
      /-j 0: [^]*--retries -1: [^]*--seeds -1: [^]*unknown data set "two-moon"/,
    ],
    [
      ["sweep", ...GAUSSIAN, "--out", "unmade", "--launcher", "slurm"],
      /sbatch was not found|Slurm does not answer here .*use --launcher local/,
    ],
  ];
  const before = readdirSync(folder);
  const runs = existsSync(join(folder, "runs")) ? readdirSync(join(folder, "runs")) : [];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = flowmeter(folder, ...args);
    assert.is(code, 2, `${args.join(" ")}: ${stderr}`);
    assert.is(stdout, "");
    assert.match(stderr, message);
    assert.not.match(stderr, /^\s+at /m, "no stack for what the user can put right");
  }
  assert.equal(readdirSync(folder), before);
  assert.equal(readdirSync(join(folder, "runs")), runs);
});

test("a run that cannot start leaves a folder that was there as empty as it was", ({ folder }) => {
  mkdirSync(join(folder, "empty"));
  const run = (dim: number) =>
    flowmeter(
      folder,
      ...["run", "family=real-nvp", "family.layers=2", "data=gaussian", `data.dim=${dim}`],
      ...["training.steps=2", "--out", "empty"],
    );
  assert.is(run(1).code, 2);
  assert.equal(readdirSync(join(folder, "empty")), []);
  const { code, stderr } = run(2);
  assert.is(code, 0, `the corrected run takes the folder: ${stderr}`);
});

test("in a sweep a run that fails is a record with its reason, and the others go on", ({
  folder,
}) => {
  const { code, stdout, stderr } = flowmeter(
    folder,
    "sweep",
    "family=gaussian",
    "data=two-moons,file",
    "data.path=ragged.csv",
    "data.size=500",
    ...["--out", "mixed", "--json", "-j", "2"],
  );
  assert.is(code, 1, stderr);
  const records = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunRecord);
  assert.equal(records.map(({ status }) => status).sort(), ["done", "failed"]);
  assert.match(records.find(({ status }) => status === "failed")?.reason ?? "", /ragged\.csv:3/);
  assert.match(stderr, /1 done, 1 failed/);
  assert.match(stderr, /attempt-0001\/log\.txt/);
  assert.match(
    stderr,
    /Next: flowmeter logs mixed \S+-s0\nNext: flowmeter resume mixed\nNext: flowmeter table mixed\n/,
  );
  const table = flowmeter(folder, "table", "mixed", "--format", "json");
  assert.is(table.code, 0, table.stderr);
  const again = flowmeter(folder, "resume", "mixed");
  assert.match(again.stderr, /1 reused/);
  assert.match(flowmeter(folder, "status", "mixed").stdout, /1 done, 1 failed/);
});

test("a diverged run is a record with the step, and ends with code 1", ({ folder }) => {
  const { code, stdout } = flowmeter(
    folder,
    ...["run", "family=real-nvp", "data=two-moons", "data.size=200", "training.steps=50"],
    ...["training.learningRate=1e30", "--out", "diverged", "--json"],
  );
  assert.is(code, 1);
  const record = JSON.parse(stdout) as RunRecord;
  assert.is(record.status, "diverged");
  assert.match(record.reason ?? "", /at step \d+ of 50/);
});

test("a table of layers is one of kl unless another metric is asked for", ({ folder }) => {
  const run = [...GAUSSIAN, "evaluation.layers=true", "--out", "layers"];
  assert.is(flowmeter(folder, "run", ...run).code, 0);
  const { code, stdout, stderr } = flowmeter(folder, "table", "layers", "--cols", "layer");
  assert.is(code, 0, stderr);
  assert.match(stdout, /^kl: /m);
  assert.match(flowmeter(folder, "table", "layers").stdout, /^test_nll: /m);
});

test("list, show and validate answer, and table of nothing ends with code 3", ({ folder }) => {
  const listed = (kind: string) =>
    flowmeter(folder, "list", kind, "--json")
      .stdout.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; base?: string });
  assert.ok(listed("families").some(({ name }) => name === "real-nvp"));
  assert.is(listed("datasets").find(({ name }) => name === "wine-red")?.base, "file");
  assert.match(
    flowmeter(folder, "list", "experiments").stdout,
    /^demo .*\(half a minute with -j 2/m,
  );
  assert.match(flowmeter(folder, "list", "metrics").stdout, /^nll .*^c2st .*^sbc /ms);
  const shown = flowmeter(folder, "show", "config", ...GAUSSIAN).stdout;
  assert.match(shown, /size: 500\s+# override 3: data\.size=500/);
  assert.match(shown, /standardise: false\s+# default$/m);
  const swept = ["family=diffusion", "data=two-moons", "family.hidden=[8],[16]", "--seeds", "2"];
  const drawn = flowmeter(folder, "show", "config", ...swept, "--sampler", "random").stdout;
  assert.match(drawn, /ema: 0\.999\s+# default of diffusion$/m);
  assert.match(drawn, /^seed: 1\s+# --seeds 2$/m);
  assert.is(flowmeter(folder, "validate", "experiment=toy-2d").code, 0);
  mkdirSync(join(folder, "nothing"));
  const nothing = flowmeter(folder, "table", "nothing");
  assert.is(nothing.code, 3);
  assert.match(nothing.stderr, /no records in nothing; give the folders of runs or sweeps/);
  const unknown = flowmeter(folder, "table", "g", "--metric", "test_nl");
  assert.is(unknown.code, 3);
  assert.is(unknown.stdout, "");
  assert.match(unknown.stderr, /Did you mean "test_nll".*one of: test_nll, .*seconds/);
});

test.run();
