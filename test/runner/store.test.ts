import { spawn, spawnSync, type ChildProcess } from "node:child_process";
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
import { fingerprint } from "../../src/run-files.ts";
import { writeAtomic, writeJson } from "../../src/runner/store/atomic-write.ts";
import { appendJsonLine, readJsonLines } from "../../src/runner/store/jsonl.ts";
import { setDamagedAside } from "../../src/runner/store/damaged-result.ts";
import { thisProcess } from "../../src/runner/store/owner.ts";
import { claim, createRunFolder, stateOf } from "../../src/runner/store/run-folder.ts";
import { createSweep, readSweep } from "../../src/runner/store/sweep-folder.ts";
import { saying } from "../saying.ts";
import { resolveFake } from "./fake-catalogue.ts";

const test = suite<{ folder: string }>("store");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-store-"));
});
test.after.each(({ folder }) => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});
const oneRun = async () => {
  const [run] = await resolveFake(["family=alpha", "data=dots"]);
  if (run === undefined) throw new Error("no run");
  return run;
};

/** Claims a run in a process of its own, which stays until all have tried. */
const claimElsewhere = (run: string): Promise<string> =>
  new Promise((resolve) => {
    const module = new URL("../../src/runner/store/run-folder.ts", import.meta.url).href;
    const script = `
      const { claim } = await import(${JSON.stringify(module)});
      const said = (() => { try { claim(${JSON.stringify(run)}); return "claimed"; } catch (e) { return e.name; } })();
      process.stdout.write(said, () => setTimeout(() => undefined, 60_000));`;
    const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    child.stdout.on("data", (chunk: Buffer) => {
      resolve(chunk.toString());
    });
  });
const children: ChildProcess[] = [];

test("an atomic write replaces the whole file and leaves no temporary one", ({ folder }) => {
  const path = join(folder, "file");
  writeAtomic(path, "a longer first text");
  writeAtomic(path, "second");
  assert.is(readFileSync(path, "utf8"), "second");
  assert.equal(readdirSync(folder), ["file"]);
});

test("a write that fails leaves the old file and nothing else", ({ folder }) => {
  mkdirSync(join(folder, "taken"));
  // A folder cannot be replaced by a file: the rename fails after the temporary file was written.
  assert.throws(() => {
    writeAtomic(join(folder, "taken"), "text");
  });
  assert.equal(readdirSync(folder), ["taken"]);
});

test("an unterminated last line is dropped and a bad one in the middle is counted", ({
  folder,
}) => {
  const path = join(folder, "lines.jsonl");
  appendJsonLine(path, { a: 1 });
  writeFileSync(path, 'nonsense\n{"a":2}\n{"a":3', { flag: "a" });
  assert.equal(readJsonLines(path), { records: [{ a: 1 }, { a: 2 }], bad: 1 });
});

test("a claim of which it is not known whether it holds stands, and says why and what to do", async ({
  folder,
}) => {
  const run = join(folder, "run");
  createRunFolder(run, await oneRun());
  const { folder: attempt } = claim(run);
  const self = thisProcess();
  if (self.bootId !== null && self.startTime !== null)
    assert.throws(() => claim(run), saying("stop it with: flowmeter cancel"));
  writeJson(join(attempt, "owner.json"), { ...self, bootId: "another", machine: null });
  assert.is(stateOf(run), "running");
  assert.throws(
    () => claim(run),
    saying(
      "in use by process " +
        `${process.pid} on ${self.host}, as far as can be known from here: it began before this machine was started`,
    ),
  );
});

test("a run is claimed once; a second claim waits for the first to end or be gone", async ({
  folder,
}) => {
  const run = join(folder, "run");
  createRunFolder(run, await oneRun());
  assert.is(stateOf(run), "pending");
  const first = claim(run);
  assert.is(stateOf(run), "running");
  assert.throws(() => claim(run), /in use by process/);
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  writeJson(join(first.folder, "owner.json"), { ...thisProcess(), pid });
  assert.is(stateOf(run), "lost");
  const second = claim(run);
  assert.match(second.folder, /attempt-0002$/);
  second.finish("stopped");
  assert.is(stateOf(run), "stopped");
  assert.match(claim(run).folder, /attempt-0003$/);
  assert.match(claim(run, { force: true }).folder, /attempt-0004$/);
});

test("of many processes that claim a run at one moment, one gets it", async ({ folder }) => {
  const run = join(folder, "run");
  createRunFolder(run, await oneRun());
  const ends = await Promise.all(Array.from({ length: 6 }, () => claimElsewhere(run)));
  assert.equal(ends.sort(), [...Array<string>(5).fill("StoreError"), "claimed"]);
  assert.equal(
    readdirSync(run).sort(),
    ["attempt-0001", "config.json"],
    "no half of a claim is left",
  );
});

test("a process that was killed while it wrote the configuration does not block the folder", async ({
  folder,
}) => {
  const run = join(folder, "run");
  mkdirSync(run);
  writeFileSync(join(run, ".config.json.123.tmp"), '{"runId');
  createRunFolder(run, await oneRun());
  assert.is(stateOf(run), "pending");
});

test("a result that was cut off or edited is damaged, and is set aside with all that it says", async ({
  folder,
}) => {
  const run = join(folder, "run");
  createRunFolder(run, await oneRun());
  const result = join(run, "result.json");
  const text = JSON.stringify({
    ...{ schema: 1, status: "done", family: "alpha", dataset: "dots", config: {}, metrics: {} },
    configHash: "0",
  });
  const attempt = claim(run);
  writeFileSync(result, text);
  attempt.finish("done", { result: fingerprint(text) });
  assert.is(setDamagedAside(run), undefined);
  assert.is(stateOf(run), "done");
  for (const bad of ["", text.slice(0, 40), text.replace("dots", "dott"), "null", '{"schema":2}']) {
    writeFileSync(result, bad);
    assert.match(setDamagedAside(run) ?? "", /was changed since it was written/);
    assert.not.ok(existsSync(result));
    assert.is(readFileSync(join(run, "result.damaged.json"), "utf8"), bad);
  }
  writeFileSync(result, text.slice(0, 40));
  assert.is(stateOf(run), "damaged");
});

test("what was made for a run is taken back, parents as well, and nothing else", async ({
  folder,
}) => {
  const run = await oneRun();
  const path = join(folder, "a", "b", "run");
  const undo = createRunFolder(path, run);
  claim(path);
  const later = createRunFolder(path, run);
  later();
  assert.ok(existsSync(join(path, "config.json")), "the run was there before");
  writeFileSync(join(folder, "a", "note.txt"), "mine");
  undo();
  assert.equal(readdirSync(folder), ["a"]);
  assert.equal(readdirSync(join(folder, "a")), ["note.txt"]);
});

test("a folder that cannot be made is the user's to choose again, and leaves no parents", async ({
  folder,
}) => {
  const run = await oneRun();
  writeFileSync(join(folder, "file"), "mine");
  const tooLong = join(folder, "new", "x".repeat(300));
  const wrong = [join(folder, "file", "x"), join(folder, "file"), tooLong, "/proc/flowmeter/x"];
  for (const path of wrong) {
    assert.throws(() => createRunFolder(path, run), /cannot write to .*choose another --out/);
    assert.throws(() => createSweep(path, "try", [run]), /cannot write to .*choose another --out/);
  }
  assert.equal(readdirSync(folder), ["file"]);
  assert.is(readFileSync(join(folder, "file"), "utf8"), "mine");
});

test("a folder that belongs to another run, or to something else, is left alone", async ({
  folder,
}) => {
  const run = await oneRun();
  const path = join(folder, "run");
  createRunFolder(path, run);
  createRunFolder(path, run);
  // A plugin that the run does not use, or that lies elsewhere, leaves its hash as it is.
  createRunFolder(path, { ...run, config: { ...run.config, plugins: ["./unused.ts"] } });
  const [other] = await resolveFake(["family=beta", "data=dots"]);
  assert.throws(() => {
    createRunFolder(path, other ?? run);
  }, /holds another run/);
  writeFileSync(join(folder, "note.txt"), "mine");
  assert.throws(() => {
    createRunFolder(folder, run);
  }, /not empty/);
  assert.not.ok(existsSync(join(folder, "config.json")));
});

test("a sweep is read back as it was made, opened again by the same runs only", async ({
  folder,
}) => {
  const path = join(folder, "sweep");
  const runs = await resolveFake(["family=alpha", "data=dots", "family.layers=1,2"]);
  createSweep(path, "try", runs);
  assert.equal(readSweep(path).runs, runs);
  assert.equal(readdirSync(folder), ["sweep"], "the folder it was built in is gone");
  assert.equal(createSweep(path, "try", runs).runs, runs);
  assert.throws(() => createSweep(path, "try", runs.slice(1)), saying(`--reuse ${path}`));
  writeFileSync(join(path, "runs.jsonl"), "");
  assert.throws(() => readSweep(path), /has 0 of the 2 runs/);
});

test.run();
