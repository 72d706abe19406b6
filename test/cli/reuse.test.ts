import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeter } from "./flowmeter.ts";
import { attemptsAt, resultOf, rewriteResult, runsIn } from "./sweep-records.ts";

const test = suite<{ folder: string }>("reuse");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-reuse-"));
  const rows = Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)}`);
  writeFileSync(join(context.folder, "rows.csv"), rows.join("\n"));
  const { code, stderr } = sweep(context.folder, "first", "--seeds", "2");
  assert.is(code, 0, stderr);
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const sweep = (folder: string, out: string, ...more: string[]) =>
  flowmeter(
    folder,
    ...["sweep", "family=gaussian", "data=file", "data.path=rows.csv", "evaluation.samples=5"],
    ...["--out", out, ...more],
  );

test("finished runs of another sweep are copied, with a note of where they are from", ({
  folder,
}) => {
  const { code, stderr } = sweep(folder, "second", "--seeds", "3", "--reuse", "first");
  assert.is(code, 0, stderr);
  assert.match(stderr, /3 done \(2 reused\)/);
  const names = runsIn(join(folder, "second"));
  assert.is(names.length, 3);
  for (const name of names) {
    const [here, there] = [join(folder, "second", name), join(folder, "first", name)];
    assert.equal(attemptsAt(here), ["done"]);
    assert.is(existsSync(join(here, "origin.json")), existsSync(there));
    if (!existsSync(there)) continue;
    for (const file of ["result.json", "model.safetensors"])
      assert.equal(readFileSync(join(here, file)), readFileSync(join(there, file)));
    const { from } = JSON.parse(readFileSync(join(here, "origin.json"), "utf8")) as {
      from: string;
    };
    assert.ok(from.endsWith(join("first", name)));
  }
  const [events = ""] = readdirSync(join(folder, "second", "events"));
  const lines = readFileSync(join(folder, "second", "events", events), "utf8");
  assert.is(lines.match(/"event":"reuse"/g)?.length, 2);
});

test("a sweep is found in a folder of sweeps, and other seeds and options are not it", ({
  folder,
}) => {
  const inside = sweep(folder, "third", "--seeds", "0,7", "--reuse", ".");
  assert.match(inside.stderr, /2 done \(1 reused\)/);
  const other = sweep(
    folder,
    "fourth",
    "--seeds",
    "2",
    "data.standardise=true",
    "--reuse",
    "first",
  );
  assert.match(other.stderr, /2 done in/);
});

test("what other sources have computed is told where it is used again, and not copied", ({
  folder,
}) => {
  const [name = ""] = runsIn(join(folder, "second"));
  const source = String(resultOf(join(folder, "second", name)).provenance["source"]);
  assert.match(source, /^[0-9a-f]{12}$/);
  rewriteResult(join(folder, "second", name), (text) => text.replace(source, "0123456789ab"));
  const again = flowmeter(folder, "resume", "second");
  assert.match(again.stderr, /1 finished runs were computed by another state of .* --force/);
  assert.match(again.stderr, /3 reused/);
  const { stderr } = sweep(folder, "fifth", "--seeds", "3", "--reuse", "second");
  assert.match(stderr, /is not reused: another state of Flowmeter's sources/);
  assert.match(stderr, /3 done \(2 reused\)/);
});

test("what was edited, or read a file that holds something else by now, is not copied", ({
  folder,
}) => {
  const [name = ""] = runsIn(join(folder, "first"));
  const path = join(folder, "first", name, "result.json");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/"value": -?\d/, '"value": 7'));
  const edited = sweep(folder, "sixth", "--seeds", "2", "--reuse", "first");
  assert.match(edited.stderr, /is not reused: it is not what the run wrote/);
  writeFileSync(path, text);
  writeFileSync(join(folder, "rows.csv"), readFileSync(join(folder, "rows.csv"), "utf8") + "\n1,2");
  const changed = sweep(folder, "seventh", "--seeds", "2", "--reuse", "first");
  assert.match(changed.stderr, /is not reused: its data files hold something else by now/);
  assert.match(changed.stderr, /2 done in/);
});

test("a folder to reuse that is not there is refused before anything is made", ({ folder }) => {
  const { code, stderr } = sweep(folder, "none", "--reuse", "nowhere");
  assert.is(code, 2);
  assert.match(stderr, /--reuse nowhere: there is no such folder/);
  assert.not.ok(existsSync(join(folder, "none")));
});

test("a dry run says how long earlier runs let expect, or that there are none", ({ folder }) => {
  const dry = sweep(folder, "first", "--seeds", "2", "--dry-run");
  assert.match(dry.stdout, /2 are done already/);
  const more = sweep(folder, "first", "--seeds", "5", "--dry-run", "-j", "2");
  assert.match(more.stdout, /about \d+m?s with -j 2, from 2 finished runs in first/);
  const none = sweep(folder, "unmade", "--dry-run");
  assert.match(none.stdout, /no estimate of the time: runs holds no finished run/);
});

test.run();
