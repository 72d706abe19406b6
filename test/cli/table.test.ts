import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tableFromIPC } from "@uwdata/flechette";
import { chosenFormat } from "../../src/cli/table.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { meets, parseConditions } from "../../src/cli/table-where.ts";
import type { RunRecord } from "../../src/record.ts";
import type { Table } from "../../src/report/table.ts";
import { fakeRecord } from "../report/fake-record.ts";
import { saying } from "../saying.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("table");

/** A finished run on disk. */
function put(folder: string, record: RunRecord): void {
  const run = join(folder, "runs", `${record.family}-${record.dataset}-s${record.seed}`);
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, "config.json"), "{}");
  writeFileSync(join(run, "result.json"), JSON.stringify(record));
  // Two rows, whose terms are the record's number ∓ 0.1.
  const nll = record.metrics["test_nll"]?.value ?? NaN;
  mkdirSync(join(run, "arrays"));
  const logProb = Float64Array.of(0.1 - nll, -0.1 - nll);
  writeFileSync(join(run, "arrays", "test-log-prob.npy"), writeNpy(logProb, [2]));
  writeFileSync(join(run, "arrays", "test-ids.npy"), writeNpy(Int32Array.of(0, 1), [2]));
}

test.before((context) => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-table-"));
  context.folder = folder;
  for (const [k, family] of ["gaussian", "glow", "real-nvp"].entries())
    for (const seed of k === 0 ? [0] : [0, 1, 2])
      put(folder, fakeRecord(family, seed, 1 + 0.1 * k + 0.01 * seed, { data: { dim: 8 } }));
  put(folder, fakeRecord("glow", 0, 5, { dataset: "rings", data: { dim: 2 } }));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const cellsOf = (text: string) =>
  (JSON.parse(text) as { cells: { row: string; col: string; reference: string | null }[] }).cells
    .filter(({ reference }) => reference === null)
    .map(({ row, col }) => `${row} ${col}`);

test("--where keeps the runs that meet all keys, one of the values of each", ({ folder }) => {
  const table = (...args: string[]): string[] => {
    const { code, stdout, stderr } = flowmeter(
      folder,
      "table",
      "runs",
      "--format",
      "json",
      ...args,
    );
    assert.is(code, 0, stderr);
    return cellsOf(stdout);
  };
  assert.equal(table("--where", "family=glow", "--where", "data.dim=8"), ["glow two-moons"]);
  assert.equal(table("--where", "family=glow,real-nvp", "--where", "dataset=two-moons"), [
    "glow two-moons",
    "real-nvp two-moons",
  ]);
  assert.equal(table("--where", "family=gaussian", "--where", "family=real-nvp"), [
    "gaussian two-moons",
    "real-nvp two-moons",
  ]);
});

test("rows are compared of the runs that are kept", ({ folder }) => {
  const args = ["--where", "family=glow,real-nvp", "--where", "dataset=two-moons"];
  const { stdout } = flowmeter(folder, "table", "runs", "--format", "json", ...args);
  const { cells } = JSON.parse(stdout) as Pick<Table, "cells">;
  const rows = cells.find(({ row }) => row === "real-nvp")?.comparison?.rows;
  assert.is(rows?.pairs, 6);
  // 0.1 in each row of each seed, in float64.
  assert.ok(Math.abs((rows?.difference ?? NaN) - 0.1) < 1e-12, String(rows?.difference));
});

test("values are compared as those of a configuration", () => {
  const record = fakeRecord("a", 3, 1, {
    data: { rate: 0.001, sizes: [64, 64], label: "8", none: null },
  });
  const yes = [
    "data.rate=1e-3",
    "data.sizes=[64,64]",
    "data.label=8",
    "data.none=null",
    "seed=range(2,5)",
  ];
  for (const text of [...yes, "engine=auto", "dataset=two-moons", "family.name=a"])
    assert.ok(meets(record, parseConditions([text])), text);
  for (const text of [
    "data.rate=1e-2",
    "data.sizes=[64]",
    "data.none=0",
    "data.absent=1",
    "seed=4",
  ])
    assert.not.ok(meets(record, parseConditions([text])), text);
  assert.throws(
    () => parseConditions(["data.dim"]),
    saying("--where data.dim: expected key=value"),
  );
  assert.throws(() => parseConditions(["a=[1"]), saying("--where a=[1:"));
});

test("mistakes end with code 2 and what was probably meant, nothing left with code 3", ({
  folder,
}) => {
  const cases: readonly (readonly [number, readonly string[], RegExp])[] = [
    [2, ["--where", "famly=glow"], /--where: unknown key "famly"\. Did you mean "family"\?/],
    [2, ["--rows", "data.dmi"], /--rows: unknown key "data\.dmi"\. Did you mean "data\.dim"\?/],
    [2, ["--cols", "datset"], /--cols: unknown key.*"dataset"/],
    [2, ["--where", "glow"], /expected key=value/],
    [2, ["--digits", "0"], /--digits 0: expected a whole number from 1/],
    [2, ["--min-seeds", "x"], /--min-seeds x: expected a number, got "x"/],
    [2, ["--format", "xml"], /xml/],
    [
      2,
      ["--out", "t.xyz"],
      /--out t\.xyz: expected a name that ends in one of \.md, \.csv, \.tex,/,
    ],
    [3, ["--rows", "layer"], /numbers of layers; run with evaluation\.layers=true/],
    [3, ["--metric", "nll"], /No run has a metric "nll"\. Did you mean "test_nll"\?/],
    [3, ["--cols", "layer", "--metric", "test_nll"], /numbers of layers; run with/],
    [3, ["--where", "family=glo"], /None of 8 runs is one --where family=glo/],
  ];
  for (const [expected, args, message] of cases) {
    const { code, stdout, stderr } = flowmeter(folder, "table", "runs", ...args);
    assert.is(code, expected, stderr);
    assert.is(stdout, "");
    assert.match(stderr, message);
    assert.not.match(stderr, /^\s+at /m);
  }
});

test("a folder that is not there is a mistake, whatever reads records", ({ folder }) => {
  for (const command of ["table", "plot", "report"]) {
    const { code, stderr } = flowmeter(folder, command, "runs", "rnus");
    assert.is(code, 2, command);
    assert.match(stderr, /^rnus does not exist; .* Did you mean "runs"\?$/m, command);
  }
});

test("--min-seeds and --digits reach the table", ({ folder }) => {
  const args = ["--where", "dataset=two-moons", "--min-seeds", "2", "--digits", "1"];
  const { stdout } = flowmeter(folder, "table", "runs", ...args);
  assert.match(stdout, /^\| gaussian \| – \(n 1, fewer than 2\) \|$/m);
  // Values 0.01 apart over three seeds: s.e. 0.0058.
  assert.match(stdout, /^\| glow \| \*\*1\.110 ± 0\.006\*\* \|$/m);
  assert.match(stdout, /^\| real-nvp \| 1\.210 ± 0\.006 \|$/m);
});

test("--out writes whole files, in the format of their names", ({ folder }) => {
  const write = (name: string, ...args: string[]): Buffer => {
    const { code, stdout, stderr } = flowmeter(folder, "table", "runs", "--out", name, ...args);
    assert.is(code, 0, stderr);
    assert.is(stdout, "");
    assert.match(stderr, `The table is in ${name}`);
    return readFileSync(join(folder, name));
  };
  assert.match(write("a.tex").toString(), /^% \\usepackage\{booktabs\}/);
  assert.is(tableFromIPC(write("a.arrow")).numRows, 6);
  assert.match(write("made/for/it/a.md").toString(), /^\| family \|/);
  assert.match(write("b.txt", "--format", "csv").toString(), /^family,dataset,/);
  assert.equal(readdirSync(folder).sort(), ["a.arrow", "a.tex", "b.txt", "made", "runs"]);
  const below = flowmeter(folder, "table", "runs", "--out", "b.txt/a.md");
  assert.is(below.code, 2);
  assert.is(
    below.stderr,
    "cannot write b.txt/a.md: a part of its path is a file, not a folder; choose another --out.\n",
  );
});

test("bytes go to a pipe, never to a terminal", ({ folder }) => {
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const args = [
    "--import",
    import.meta.resolve("tsx"),
    main,
    "table",
    "runs",
    "--format",
    "parquet",
  ];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder });
  assert.is(stdout.subarray(0, 4).toString(), "PAR1");
  assert.is(stdout.subarray(-4).toString(), "PAR1");
  const none = { format: undefined, out: undefined };
  assert.throws(
    () => chosenFormat({ ...none, format: "arrow" }, true),
    saying("--format arrow is not for a terminal; give --out FILE.arrow"),
  );
  assert.is(chosenFormat({ ...none, format: "arrow" }, false), "arrow");
  assert.is(chosenFormat({ ...none, out: "x.parquet" }, true), "parquet");
  assert.is(chosenFormat({ format: "csv", out: "x.parquet" }, true), "csv");
  assert.is(chosenFormat(none, true), "md");
});

test.run();
