import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { thisProcess } from "../../src/runner/store/owner.ts";
import { flowmeter } from "./flowmeter.ts";
import { attemptsAt, numbersOf, runsIn } from "./sweep-records.ts";

const test = suite<{ folder: string }>("taking runs over");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-take-over-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const SWEEP = [
  ...["sweep", "family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=300", "training.steps=60", "training.patience=null", "evaluation.samples=10"],
  ...["training.checkpointEvery=30", "--seeds", "2", "--out", "s"],
];

/** As a process of another machine leaves a run, or has it under way: which of the two, nobody can tell. */
function claimElsewhere(run: string): void {
  for (const name of ["result.json", "attempt-0001/exit.json"]) rmSync(join(run, name));
  const owner = { ...thisProcess(), host: "elsewhere" };
  writeFileSync(join(run, "attempt-0001", "owner.json"), JSON.stringify(owner));
}

test("--take-over goes on from the checkpoint of a process of which nothing is known, and keeps the rest", ({
  folder,
}) => {
  assert.is(flowmeter(folder, ...SWEEP).code, 0);
  const [done = "", claimed = ""] = runsIn(join(folder, "s")).map((name) =>
    join(folder, "s", name),
  );
  const numbers = numbersOf(claimed);
  const before = readFileSync(join(done, "result.json"), "utf8");
  claimElsewhere(claimed);
  assert.match(flowmeter(folder, "status", "s").stdout, /on elsewhere \(may have ended: it works/);
  const refused = flowmeter(folder, "resume", "s");
  assert.is(refused.code, 5, refused.stderr);
  assert.match(refused.stderr, /on elsewhere, as far as can be known .*--take-over/);
  const taken = flowmeter(folder, "resume", "s", "--take-over");
  assert.is(taken.code, 0, taken.stderr);
  assert.match(taken.stderr, /is taken over from process \d+ on elsewhere/);
  assert.match(taken.stderr, /2 done \(1 reused\)/);
  assert.match(
    readFileSync(join(claimed, "attempt-0002", "log.txt"), "utf8"),
    /continuing from step 60/,
  );
  assert.equal(attemptsAt(claimed), ["lost", "done"]);
  assert.equal(numbersOf(claimed), numbers);
  assert.is(readFileSync(join(done, "result.json"), "utf8"), before);
  // The same of a run alone.
  rmSync(join(claimed, "attempt-0002"), { recursive: true });
  claimElsewhere(claimed);
  const run = join("s", runsIn(join(folder, "s"))[1] ?? "");
  assert.is(flowmeter(folder, "resume", run).code, 5);
  const alone = flowmeter(folder, "resume", run, "--take-over");
  assert.is(alone.code, 0, alone.stderr);
  assert.match(alone.stderr, /continuing from step 60/);
});

test.run();
