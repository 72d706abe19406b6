import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { requeueIfRunningOut } from "../../../src/runner/slurm/requeue.ts";
import { fakeSlurm } from "./fake-slurm.ts";

const test = suite<{ folder: string }>("putting a job back");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-requeue-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("only a job that still runs and has little time left is put back", async ({ folder }) => {
  const slurm = fakeSlurm(folder, {});
  const isPutBack = async (squeue: string): Promise<boolean> => {
    slurm.set({ squeue });
    return requeueIfRunningOut("12_3", slurm.scheduler);
  };
  assert.ok(await isPutBack("echo 'RUNNING|1:29'"));
  assert.equal(slurm.calls("scontrol"), ["requeue 12_3"]);
  const others = [
    // A person's signal, with time left.
    ...["RUNNING|3:59:00", "RUNNING|1-00:00:10", "RUNNING|UNLIMITED", "RUNNING|INVALID"],
    // Cancelled, or past its limit: to put it back would undo what was decided.
    ...["COMPLETING|0:30", "CANCELLED|0:30", "TIMEOUT|0:00", ""],
  ];
  for (const answer of others) assert.not.ok(await isPutBack(`echo '${answer}'`), answer);
  assert.not.ok(await isPutBack("echo 'RUNNING|1:29'; exit 1"));
  assert.is(slurm.calls("scontrol").length, 1);
});

test("a job whose cluster does not put jobs back has stopped", async ({ folder }) => {
  const slurm = fakeSlurm(folder, { squeue: "echo 'RUNNING|0:50'", scontrol: "exit 1" });
  assert.not.ok(await requeueIfRunningOut("12_3", slurm.scheduler));
});

test.run();
