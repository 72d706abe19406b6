import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeterUnread } from "./flowmeter.ts";
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

test.run();
