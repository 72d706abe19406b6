import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findRemovable, remove } from "../../src/runner/clean.ts";
import { locate } from "../../src/runner/store/locate.ts";
import { thisProcess } from "../../src/runner/store/owner.ts";
import type { Sweep } from "../../src/runner/store/sweep-folder.ts";
import { StoreError } from "../../src/runner/user-error.ts";
import { beginRun, endRun, fakeSweep } from "./fake-sweep.ts";

const test = suite<{ folder: string }>("clean");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-clean-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** The number of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ["-e", "0"]).pid;

const put = (path: string, text = "x"): void => {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
};
const found = (sweep: Pick<Sweep, "folder">): readonly string[] =>
  findRemovable(locate(sweep.folder))
    .removable.map(({ path }) => relative(sweep.folder, path))
    .sort();
const everything = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

/** All that a run may leave that must stay. */
function fill(run: string): void {
  for (const name of ["model.safetensors", "preprocessing.json", "data.json", "arrays/a.npy"])
    put(join(run, name));
  put(join(run, "figures", "f.svg"));
}

test("checkpoints of what is over, leftovers, derived and an earlier attempt's files go, and nothing else", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1, 2, 3] });
  const [done, diverged, failed, stopped] = sweep.runs.map(({ runId }) => runId);
  const [a, b, c, d] = sweep.runs;
  if (!a || !b || !c || !d) throw new Error("no runs");
  endRun(sweep, a, 1);
  beginRun(sweep, a, { attempt: 2, log: "again\n", files: { "exit.json": {} } });
  endRun(sweep, b, 1, { status: "diverged" });
  endRun(sweep, c, 1, { status: "failed" });
  beginRun(sweep, d, { files: { "exit.json": {}, "metrics.jsonl": "" } });
  const pid = endedPid();
  for (const runId of [done, diverged, failed, stopped]) {
    const run = join(sweep.folder, runId ?? "");
    fill(run);
    put(join(run, "checkpoint", "step-000000000001.safetensors"), "0123456789");
  }
  put(join(sweep.folder, done ?? "", "attempt-0001", "profile.json"));
  put(join(sweep.folder, done ?? "", "attempt-0002", "profile.json"));
  put(join(sweep.folder, "derived", "kl.svg"));
  const kept = everything(sweep.folder).filter(
    (name) =>
      !name.startsWith("derived") &&
      !/attempt-0001.profile/.test(name) &&
      !(
        (name.startsWith(done ?? "-") || name.startsWith(diverged ?? "-")) &&
        /checkpoint/.test(name)
      ),
  );
  put(join(sweep.folder, stopped ?? "", "checkpoint", `.step-2.safetensors.${pid}.tmp`));
  put(join(sweep.folder, done ?? "", `.result.json.${pid}.tmp`));
  put(join(sweep.folder, done ?? "", "arrays", `.a.npy.${pid}.tmp`));
  put(join(folder, `.s.${pid}.tmp`, "runs.jsonl"));
  put(join(folder, `.another.${pid}.tmp`, "runs.jsonl"));
  assert.equal(
    found(sweep),
    [
      join("..", `.s.${pid}.tmp`),
      "derived",
      join(done ?? "", `.result.json.${pid}.tmp`),
      join(done ?? "", "arrays", `.a.npy.${pid}.tmp`),
      join(done ?? "", "attempt-0001", "profile.json"),
      join(done ?? "", "checkpoint"),
      join(diverged ?? "", "checkpoint"),
      join(stopped ?? "", "checkpoint", `.step-2.safetensors.${pid}.tmp`),
    ].sort(),
  );
  const { removable } = findRemovable(locate(sweep.folder));
  const bytes = removable.find(({ path }) => basename(path) === "checkpoint")?.bytes;
  assert.is(bytes, 10, "of the files alone");
  for (const one of removable) assert.ok(remove(one));
  assert.equal(everything(sweep.folder), kept);
  assert.ok(existsSync(join(folder, `.another.${pid}.tmp`)), "it belongs to another sweep");
  assert.equal(found(sweep), []);
});

test("a run that is at work, or was taken up since, is left alone, also where it has a result", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1] });
  const [here, far] = sweep.runs;
  if (!here || !far) throw new Error("no runs");
  const attempts = [here, far].map((run) => {
    endRun(sweep, run, 1);
    put(join(sweep.folder, run.runId, "checkpoint", "step-1.safetensors"));
    return beginRun(sweep, run, { attempt: 2 });
  });
  assert.is(found(sweep).length, 2);
  const { removable } = findRemovable(locate(sweep.folder));
  const owners = [thisProcess(), { ...thisProcess(), host: "elsewhere" }];
  owners.forEach((owner, i) => {
    put(join(attempts[i] ?? "", "owner.json"), JSON.stringify(owner));
  });
  for (const one of removable) assert.not.ok(remove(one), "taken up since it was found");
  const again = findRemovable(locate(sweep.folder));
  assert.equal(again.removable, []);
  assert.equal(
    again.passedOver,
    [here, far].map(({ runId }) => `${runId} is at work and is left alone.`),
  );
});

test("what a process may still be writing is no leftover", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  put(join(sweep.folder, `.sweep.json.${process.pid}.tmp`));
  put(join(sweep.folder, ".notes.tmp"));
  put(join(sweep.folder, "mine.1.tmp"));
  assert.equal(found(sweep), []);
});

test("nothing is deleted through a link that leads out of the sweep", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1] });
  const [linked, inside] = sweep.runs;
  if (!linked || !inside) throw new Error("no runs");
  endRun(sweep, inside, 1);
  const elsewhere = join(folder, "elsewhere");
  put(join(elsewhere, "checkpoint", "mine"));
  put(join(elsewhere, "result.json"), '{"schema":1}');
  symlinkSync(elsewhere, join(sweep.folder, linked.runId));
  symlinkSync(join(elsewhere, "checkpoint"), join(sweep.folder, inside.runId, "checkpoint"));
  symlinkSync(elsewhere, join(sweep.folder, "derived"));
  const { removable, passedOver } = findRemovable(locate(sweep.folder));
  assert.equal(removable, []);
  assert.equal(passedOver, [`${linked.runId} is a link, not a folder, and is left alone.`]);
});

if (existsSync("/proc/version"))
  test("what the system does not let go is told with the cure", () => {
    assert.throws(
      () => remove({ kind: "derived", path: "/proc/version", bytes: 0 }),
      (error: unknown) =>
        error instanceof StoreError &&
        /^\/proc\/version cannot be deleted \(.*make its folder writable/.test(error.message),
    );
  });

test.run();
