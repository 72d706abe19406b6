import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("what is found before a sweep starts");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-preflight-"));
  const rows = Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},u`);
  writeFileSync(join(context.folder, "rows.csv"), `a,b,c\n${rows.join("\n")}\n`);
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const FILE = ["data=file", "data.path=rows.csv", "data.categories=[c]"];

test("all that the runs would fail of is listed at once, and nothing is made", ({ folder }) => {
  const texts = [
    ...["family=gaussian,glow", "data=file,faces", "data.path=no.csv", "engine=tensorflow"],
    ...["--seeds", "2"],
  ];
  const before = readdirSync(folder);
  for (const command of [["validate"], ["sweep"], ["sweep", "--dry-run"]]) {
    const { code, stdout, stderr } = flowmeter(folder, ...command, ...texts);
    assert.is(code, 2, `${command.join(" ")}: ${stderr}`);
    assert.is(stdout, "");
    assert.match(
      stderr,
      /^override 4: engine=tensorflow: engine=tensorflow needs .* not installed/m,
    );
    assert.match(stderr, /^override 3: data\.path=no\.csv: no\.csv: expected a readable file/m);
    assert.match(stderr, /^override 1: .*family "gaussian" takes tables, .* "faces" are images/m);
    assert.is(stderr.trimEnd().split("\n").length, 3, stderr);
  }
  assert.equal(readdirSync(folder), before);
});

test("validate --json has an object per problem, or one with the number of runs", ({ folder }) => {
  const bad = flowmeter(folder, "validate", "family=glow", "data=two-moons,circles", "--json");
  assert.is(bad.code, 2);
  const problems = bad.stdout.trimEnd().split("\n");
  assert.is(problems.length, 2);
  const { valid, place } = JSON.parse(problems[0] ?? "") as { valid: boolean; place: string };
  assert.equal([valid, place], [false, "override 1: family=glow"]);
  const good = flowmeter(folder, "validate", "family=gaussian", ...FILE, "--seeds", "3", "--json");
  assert.equal(JSON.parse(good.stdout), { valid: true, runs: 3 });
});

test("a plan knows what is done under whatever name, what will be taken over, and by whom", ({
  folder,
}) => {
  const asked = ["family=gaussian", ...FILE, "evaluation.samples=5"];
  const done = flowmeter(folder, "sweep", ...asked, "--seeds", "2", "--out", "first");
  assert.is(done.code, 0, done.stderr);
  const plan = (...more: string[]) => flowmeter(folder, "sweep", ...asked, "--dry-run", ...more);
  assert.match(
    plan("--seeds", "2", "--out", "first/").stdout,
    /all 2 are done already, nothing is/,
  );
  assert.match(
    plan("--seeds", "4", "--out", "second", "--reuse", "first").stdout,
    /2 are done already; the others: about .* with -j 1, from 2 finished runs in first/,
  );
  const forced = plan("--seeds", "2", "--out", "first", "--force").stdout;
  assert.match(forced, /^about .* from 2 finished runs in first$/m);
  const slurm = plan("--seeds", "2", "--out", "third", "--launcher", "slurm", "--reuse", "first");
  assert.match(slurm.stdout, /all 2 are done already/);
  const jobs = plan("--seeds", "4", "--out", "first", "--launcher", "slurm");
  assert.match(jobs.stdout, /with all jobs at once, beside their wait in the queue/);
  // What is done needs no data.
  rmSync(join(folder, "rows.csv"));
  assert.is(flowmeter(folder, "sweep", ...asked, "--seeds", "2", "--out", "first").code, 0);
  assert.is(plan("--seeds", "3", "--out", "first").code, 2);
});

test.run();
