import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeterInto, flowmeterUnread } from "./flowmeter.ts";
import { isDone, runsIn } from "./sweep-records.ts";

const test = suite<{ folder: string }>("closed pipes");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-pipes-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("a sweep goes on to its end when nobody reads its records any more", async ({ folder }) => {
  const code = await flowmeterUnread(
    folder,
    ...["sweep", "family=gaussian", "data=two-moons", "data.size=300", "evaluation.samples=10"],
    ...["--seeds", "3", "--out", "s", "--json"],
  );
  assert.is(code, 0);
  const runs = runsIn(join(folder, "s"));
  assert.is(runs.length, 3);
  for (const run of runs) assert.ok(isDone(join(folder, "s", run)), run);
});

test("a command that only prints ends quietly", async ({ folder }) => {
  const code = await flowmeterUnread(
    folder,
    "sweep",
    "family=gaussian",
    "data=two-moons",
    "--seeds",
    "2000",
    "--dry-run",
    "--json",
  );
  assert.is(code, 0);
});

if (existsSync("/dev/full"))
  test("an output that the disk has no room for is code 5 and one line, and a run goes on to its end", ({
    folder,
  }) => {
    const listed = flowmeterInto("/dev/full", folder, "list", "families");
    assert.equal([listed.code, listed.stderr.split("\n").length], [5, 2], listed.stderr);
    assert.match(listed.stderr, /^cannot write the output: ENOSPC.*; make room/);
    const run = flowmeterInto(
      "/dev/full",
      folder,
      ...["run", "family=gaussian", "data=two-moons", "data.size=300", "--out", "r"],
    );
    assert.is(run.code, 5, run.stderr);
    assert.not.match(run.stderr, /^\s+at /m);
    assert.ok(isDone(join(folder, "r")));
  });

test.run();
