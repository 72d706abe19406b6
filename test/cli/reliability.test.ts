import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createRng } from "../../src/math/rng.ts";
import { flowmeter, startFlowmeter } from "./flowmeter.ts";
import { killAgainAndAgain, notDoneOnce } from "./kills.ts";
import { attemptsAt, isDone, numbersOf, runsIn } from "./sweep-records.ts";
import { smallDisk } from "./small-disk.ts";
import { until } from "./until.ts";

const test = suite<{ folder: string }>("reliability");
test.before((context) => {
  context.folder = realpathSync(mkdtempSync(join(tmpdir(), "flowmeter-reliability-")));
  const { code, stderr } = flowmeter(context.folder, "sweep", ...TINY, "--out", "whole");
  assert.is(code, 0, stderr);
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const TINY = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons,rings"],
  ...["data.size=300", "training.steps=100", "evaluation.samples=10", "--seeds", "5"],
];

/** Every run is done, with the numbers of the sweep that nothing has disturbed. */
function assertWhole(folder: string, sweep: string): void {
  const names = runsIn(join(folder, "whole"));
  assert.is(names.length, 10);
  assert.equal(runsIn(join(folder, sweep)), names);
  for (const name of names) {
    assert.equal(
      numbersOf(join(folder, sweep, name)),
      numbersOf(join(folder, "whole", name)),
      name,
    );
    for (const file of ["model.safetensors", "arrays/samples.npy", "arrays/test-log-prob.npy"])
      assert.equal(
        readFileSync(join(folder, sweep, name, file)),
        readFileSync(join(folder, "whole", name, file)),
        `${name}/${file}`,
      );
  }
  assert.equal(notDoneOnce(join(folder, sweep)), []);
  const table = (of: string) => flowmeter(folder, "table", of, "--format", "json").stdout;
  assert.is(table(sweep), table("whole"));
}

test("killed eight times at random moments, a sweep ends as if nothing had happened", async ({
  folder,
}) => {
  const counts = await killAgainAndAgain({
    ...{ folder, sweep: "killed", kills: 8, rng: createRng(1) },
    start: ["sweep", ...TINY, "--out", "killed", "-j", "2"],
    resume: ["-j", "2"],
  });
  assert.ok(counts.late < 8, "no kill came before the end");
  assert.equal(counts.changed, []);
  const { code, stderr } = flowmeter(folder, "resume", "killed");
  assert.is(code, 0, stderr);
  assertWhole(folder, "killed");
});

test("two supervisors share a folder, and no run is done by both", async ({ folder }) => {
  const codes = await Promise.all(
    [1, 2].map(
      () =>
        new Promise((resolve) => {
          startFlowmeter(folder, "sweep", ...TINY, "--out", "shared").on("close", resolve);
        }),
    ),
  );
  // 5: what is left when one has ended is at work in the other.
  for (const code of codes) assert.ok(code === 0 || code === 5, String(code));
  const { code, stderr } = flowmeter(folder, "resume", "shared");
  assert.is(code, 0, stderr);
  assertWhole(folder, "shared");
});

test("the same sweep again keeps a damaged result aside as well", ({ folder }) => {
  const start = ["sweep", ...TINY, "--out", "again"];
  assert.is(flowmeter(folder, ...start).code, 0);
  const [edited = ""] = runsIn(join(folder, "again"));
  const run = join(folder, "again", edited);
  const before = numbersOf(run);
  const path = join(run, "result.json");
  writeFileSync(path, readFileSync(path, "utf8").replace(/"value": \d/, '"value": 0'));
  const { code, stderr } = flowmeter(folder, ...start);
  assert.is(code, 0, stderr);
  assert.match(stderr, /9 reused/);
  assert.equal(numbersOf(run), before);
});

test("results that were cut off or edited are kept aside, and the runs done again", ({
  folder,
}) => {
  const whole = join(folder, "whole");
  const [cut = "", edited = "", emptied = ""] = runsIn(whole);
  const resultPath = (run: string): string => join(whole, run, "result.json");
  const texts = [cut, edited, emptied].map((run) => readFileSync(resultPath(run), "utf8"));
  const before = [cut, edited, emptied].map((run) => numbersOf(join(whole, run)));
  writeFileSync(resultPath(cut), texts[0]?.slice(0, 300) ?? "");
  writeFileSync(resultPath(edited), texts[1]?.replace(/"value": \d/, '"value": 0') ?? "");
  writeFileSync(resultPath(emptied), "");
  assert.match(flowmeter(folder, "status", "whole").stdout, /^damaged/m);
  const { code, stderr } = flowmeter(folder, "resume", "whole");
  assert.is(code, 0, stderr);
  assert.match(stderr, /7 reused/);
  [cut, edited, emptied].forEach((run, i) => {
    assert.match(stderr, new RegExp(`${run}/result\\.json was changed since it was written`));
    assert.ok(existsSync(join(whole, run, "result.damaged.json")));
    assert.equal(attemptsAt(join(whole, run)), ["done", "done"]);
    assert.equal(numbersOf(join(whole, run)), before[i]);
  });
});

test("a sweep that was stopped and moved goes on at its new place", async ({ folder }) => {
  mkdirSync(join(folder, "old"));
  const child = startFlowmeter(join(folder, "old"), "sweep", ...TINY, "--out", "sweep");
  const closed = new Promise((resolve) => child.on("close", resolve));
  const old = join(folder, "old", "sweep");
  await until("a run is done", () => runsIn(old).some((name) => isDone(join(old, name))));
  child.kill("SIGTERM");
  await closed;
  renameSync(old, join(folder, "moved"));
  rmSync(join(folder, "old"), { recursive: true });
  const { code, stderr } = flowmeter(folder, "resume", "moved");
  assert.is(code, 0, stderr);
  assert.match(stderr, /reused/);
  assertWhole(folder, "moved");
});

test("a disk that is full or cannot be written fails what it must, and the rest follows", ({
  folder,
}) => {
  const disk = smallDisk(join(folder, "disk"), "300k");
  if (disk === undefined) {
    console.log("    skipped: this user cannot mount a small disk");
    return;
  }
  try {
    const full = flowmeter(folder, "sweep", ...TINY, "--out", "disk/sweep");
    assert.is(full.code, 1, full.stderr);
    assert.match(full.stderr, /ENOSPC: no space left on device/);
    disk.remount("size=50m,ro");
    const locked = flowmeter(folder, "resume", "disk/sweep");
    assert.is(locked.code, 1, locked.stderr);
    assert.match(locked.stderr, /cannot write to .*EROFS|EROFS/);
    const refused = flowmeter(folder, "sweep", ...TINY, "--out", "disk/new");
    assert.is(refused.code, 2);
    assert.match(refused.stderr, /cannot write to disk\/new.*choose another --out/);
    disk.remount("size=50m,rw");
    const { code, stderr } = flowmeter(folder, "resume", "disk/sweep");
    assert.is(code, 0, stderr);
    assertWhole(folder, "disk/sweep");
    disk.remount("size=50m,ro");
    assert.is(flowmeter(folder, "resume", "disk/sweep").code, 0, "all is done, nothing is written");
  } finally {
    disk.remove();
  }
});

test.run();
