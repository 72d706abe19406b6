import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeter } from "./flowmeter.ts";
import { numbersOf, runsIn } from "./sweep-records.ts";

const test = suite<{ folder: string }>("halving, from outside");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-halving-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const asked = [
  ...["sweep", "family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=400", "training.steps=90", "training.evaluateEvery=10", "evaluation.samples=0"],
  ...["training.learningRate=1e-4,1e-3,1e-2", "--sampler", "halving", "--min-steps", "30"],
];

test("the best learning rate alone has the whole budget, and a resumed sweep says the same", ({
  folder,
}) => {
  const first = flowmeter(folder, ...asked, "--out", "a");
  assert.is(first.code, 0, first.stderr);
  assert.match(first.stderr, /4 done, 2 dropped/);
  assert.match(first.stderr, /3 → 1 configurations; best after 90 steps: .*learningRate=0\.01/);
  // The table is of what had the whole budget.
  assert.match(first.stdout, /real-nvp \| \*\*\d/);
  const again = flowmeter(folder, ...asked, "--out", "a");
  assert.match(again.stderr, /4 done, 2 dropped \(4 reused\)/);
  assert.is(again.stdout, first.stdout);
  const { stdout } = flowmeter(folder, "status", "a");
  assert.match(stdout, /4 done, 2 dropped$/m);
  assert.is(
    flowmeter(folder, "status", "a", "--state", "dropped", "--json").stdout.match(/"dropped"/g)
      ?.length,
    2,
  );
});

test("a halving that was cut short goes on with the same decisions", ({ folder }) => {
  const whole = runsIn(join(folder, "a"));
  // No run ends in time, so that none goes on; resumed, all of them are done again.
  const cut = flowmeter(folder, ...asked, "--out", "b", "--timeout", "0.01s", "-j", "3");
  assert.is(cut.code, 1, cut.stderr);
  assert.match(cut.stderr, /3 failed, 3 dropped/);
  const resumed = flowmeter(folder, "resume", "b");
  assert.is(resumed.code, 0, resumed.stderr);
  assert.equal(runsIn(join(folder, "b")).toSorted(), whole.toSorted());
  for (const run of whole)
    assert.equal(numbersOf(join(folder, "b", run)), numbersOf(join(folder, "a", run)));
});

test("the plan names rungs, and what does not go together is refused", ({ folder }) => {
  const plan = flowmeter(folder, ...asked, "--dry-run");
  assert.match(
    plan.stdout,
    /real-nvp on two-moons: 3 configurations for 30 steps, 1 configuration for 90 steps, each with 1 seed/,
  );
  assert.match(plan.stdout, /4 runs into .*, at most 180 training steps in all/);
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [[...asked, "--launcher", "slurm"], /each rung of a halving waits/],
    [[...asked, "training.epochs=2"], /divides training\.steps/],
    [
      [...asked, "--reduction-factor", "1"],
      /--reduction-factor 1: expected a whole number of at least 2/,
    ],
    [[...asked.slice(0, 6), "--min-steps", "9"], /are for --sampler halving/],
  ];
  for (const [args, message] of refusals) {
    const { code, stderr } = flowmeter(folder, ...args, "--out", "c");
    assert.is(code, 2, stderr);
    assert.match(stderr, message);
  }
});

test.run();
