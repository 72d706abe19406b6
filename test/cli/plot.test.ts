import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { flowmeter } from "./flowmeter.ts";
import { rewriteResult } from "./sweep-records.ts";

const test = suite<{ folder: string }>("flowmeter plot");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-plot-"));
  const { code, stderr } = flowmeter(
    context.folder,
    ...["sweep", "family=real-nvp", "family.layers=2,3", "data=two-moons", "data.size=500"],
    ...["training.steps=20", "evaluation.layers=true", "evaluation.samples=50"],
    ...["--seeds", "2", "--out", "s"],
  );
  assert.is(code, 0, stderr);
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** Whether the optional package for PNG is there: the command must do without. */
const png = await import("@resvg/resvg-js").then(
  () => true,
  () => false,
);
const filesOf = (path: string): string[] => [`${path}.svg`, ...(png ? [`${path}.png`] : [])];
const lines = (text: string): string[] => text.trimEnd().split("\n");

test("without a kind all that the records hold is drawn, and only the files are printed", ({
  folder,
}) => {
  const { code, stdout, stderr } = flowmeter(folder, "plot", "s");
  assert.is(code, 0, stderr);
  const kinds = ["kl-decay", "ratio", "metric", "learning", "samples", "density", "stages"];
  assert.equal(
    lines(stdout),
    kinds.flatMap((kind) => filesOf(join("s", "derived", kind))),
  );
  for (const file of lines(stdout)) {
    const bytes = readFileSync(join(folder, file));
    assert.ok(
      file.endsWith(".svg") ? bytes.toString().startsWith("<svg xmlns=") : bytes[1] === 0x50,
      file,
    );
  }
  // What is derived is no run.
  assert.is(flowmeter(folder, "table", "s").code, 0);
});

test("a report is one page with the tables, figures and runs of the sweep", ({ folder }) => {
  const { code, stdout, stderr } = flowmeter(folder, "report", "s", "--title", "depth & more");
  assert.is(code, 0, stderr);
  assert.is(stdout, `${join("s", "derived", "report.html")}\n`);
  const text = readFileSync(join(folder, "s", "derived", "report.html"), "utf8");
  assert.match(text, /<h1>depth &amp; more<\/h1>/);
  assert.match(text, /4 runs \(4 done\): 1 family, 1 data set, 2 seeds/);
  assert.match(text, /real-nvp \(family\.layers=3\)/);
  // NLL against seconds, samples, density, KL after the layers, its ratios, rows after the layers, learning curves.
  assert.is(text.split('<img src="data:image/svg+xml;base64,').length - 1, 7);
  assert.match(text, /flowmeter sweep family=real-nvp/);
});

test("a record that was cut is named with its cure, and no stack", ({ folder }) => {
  cpSync(join(folder, "s"), join(folder, "cut"), { recursive: true });
  const run = readdirSync(join(folder, "cut")).find((name) => name.startsWith("real-nvp")) ?? "";
  const path = join(folder, "cut", run, "result.json");
  writeFileSync(path, readFileSync(path, "utf8").slice(0, 100));
  for (const command of ["table", "plot", "report"]) {
    const { code, stderr } = flowmeter(folder, command, "cut");
    assert.is(code, 5, command);
    assert.match(
      stderr,
      /result\.json was damaged .*; do the run again with: flowmeter resume cut\/real-nvp/,
    );
    assert.not.match(stderr, /\n\s+at /);
  }
});

test("samples that were cut are left out of the figure, with the cure", ({ folder }) => {
  cpSync(join(folder, "s"), join(folder, "few"), { recursive: true });
  const runs = readdirSync(join(folder, "few")).filter((name) => name.startsWith("real-nvp"));
  const samples = runs.map((run) => join(folder, "few", run, "arrays", "samples.npy"));
  writeFileSync(samples[0] ?? "", "");
  const some = flowmeter(folder, "plot", "few", "--kind", "samples");
  assert.is(some.code, 0, some.stderr);
  assert.match(
    some.stderr,
    /few\/real-nvp.*samples\.npy was damaged .*; do the run again with: flowmeter resume few\/real-nvp\S+ --force\./,
  );
  const table = flowmeter(folder, "table", "few");
  assert.equal([table.code, table.stderr], [0, ""]);
});

test("a list of runs that was cut is named with its cure, and no stack", ({ folder }) => {
  const path = join(folder, "lists", "cut", "runs.jsonl");
  cpSync(join(folder, "s"), join(folder, "lists", "cut"), { recursive: true });
  writeFileSync(path, "");
  for (const command of ["table", "plot", "report"]) {
    const { code, stderr } = flowmeter(folder, command, "lists");
    assert.is(code, 5, command);
    assert.match(
      stderr,
      /lists\/cut\/runs\.jsonl was damaged .*it has 0 of the 4 runs of the sweep\); restore it, or/,
    );
    assert.not.match(stderr, /\n\s+at /);
  }
  const args = ["family=gaussian", "data=two-moons", "--dry-run", "--out", "lists/cut"];
  const { code, stdout } = flowmeter(folder, "sweep", ...args);
  assert.is(code, 0);
  assert.match(
    stdout,
    /no estimate of the time: lists\/cut\/runs\.jsonl was damaged .*it has 0 of the 4 runs/,
  );
});

test("a report of nothing, and one that cannot be written, say so", ({ folder }) => {
  mkdirSync(join(folder, "empty"));
  writeFileSync(join(folder, "rows.csv"), "1,2\n");
  for (const none of ["empty", "rows.csv"]) {
    const { code, stderr } = flowmeter(folder, "report", none);
    assert.equal([code, /There are no records in/.test(stderr)], [3, true], none);
  }
  const missing = flowmeter(folder, "report", "nowhere");
  assert.equal([missing.code, /nowhere does not exist/.test(missing.stderr)], [2, true]);
  writeFileSync(join(folder, "file"), "");
  const refused = flowmeter(folder, "report", "s", "--out", "file/report.html");
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /cannot write file\/report\.html.*choose another --out/);
});

test("--out takes a name with or without its ending", ({ folder }) => {
  for (const out of ["f/depth", "f/depth.png"]) {
    const { code, stdout } = flowmeter(
      folder,
      ...["plot", "s", "--kind", "metric", "--x", "family.layers", "--metric", "kl", "--out", out],
    );
    assert.is(code, 0);
    assert.equal(lines(stdout), filesOf("f/depth"));
  }
  assert.equal(readdirSync(join(folder, "f")).length, png ? 2 : 1);
  assert.match(readFileSync(join(folder, "f", "depth.svg"), "utf8"), ">NLL − entropy (nats)<");
});

test("nothing to draw ends with code 3 and the reason, a mistake with 2", ({ folder }) => {
  const cases: readonly (readonly [number, RegExp, ...string[]])[] = [
    [3, /No run has a metric "kll"\. Did you mean "kl"\?/, "s", "--metric", "kll"],
    [
      3,
      /a number of layers "ratios"\. Did you mean "ratio"/,
      "s",
      "--kind",
      "kl-decay",
      "--metric",
      "ratios",
    ],
    [3, /a number "secnds"\. Did you mean "seconds"/, "s", "--kind", "metric", "--x", "secnds"],
    [2, /nowhere does not exist/, "nowhere"],
    [
      2,
      /--x family\.mixing: expected a key that holds numbers, got "rotation"/,
      "s",
      "--kind",
      "metric",
      "--x",
      "family.mixing",
    ],
    [2, /--rows famly: no run has this key/, "s", "--rows", "famly"],
    [2, /cannot write/, "s", "--kind", "ratio", "--out", "s/sweep.json/x"],
    [2, /Choices: "kl-decay"/, "s", "--kind", "kl"],
  ];
  for (const [expected, pattern, ...args] of cases) {
    const { code, stdout, stderr } = flowmeter(folder, "plot", ...args);
    assert.is(code, expected, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, pattern);
    assert.is(stdout, "");
  }
});

test("runs that diverged are counted on stderr and in the figure; other data are refused", ({
  folder,
}) => {
  const [run = ""] = readdirSync(join(folder, "s")).filter((name) => name.endsWith("-s1"));
  const path = join(folder, "s", run, "result.json");
  const before = readFileSync(path, "utf8");
  const record = JSON.parse(before) as RunRecord;
  const change = (parts: Partial<RunRecord>): void => {
    rewriteResult(dirname(path), () => JSON.stringify({ ...record, ...parts }));
  };
  change({ status: "diverged", reason: "for this test" });
  const diverged = flowmeter(folder, "plot", "s", "--kind", "learning", "--out", "lost");
  assert.is(diverged.code, 0);
  const said = /1 run diverged and not in the means: real-nvp on two-moons, seed 1/;
  assert.match(diverged.stderr, said);
  assert.match(readFileSync(join(folder, "lost.svg"), "utf8"), said);

  change({ provenance: { ...record.provenance, dataDigest: "another" } });
  const other = flowmeter(folder, "plot", "s", "--out", "other");
  assert.is(other.code, 2);
  assert.match(other.stderr, /saw different rows/);
  assert.not.ok(existsSync(join(folder, "other-kl-decay.svg")));
  rewriteResult(dirname(path), () => before);
});

test.run();
