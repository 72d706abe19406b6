import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { secondsOf } from "../../src/record.ts";
import { flowmeter, startFlowmeter } from "./flowmeter.ts";
import { notDoneOnce } from "./kills.ts";
import { isDone, numbersOf, resultOf, runsIn } from "./sweep-records.ts";
import { until } from "./until.ts";

const TINY = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=300", "training.steps=100", "evaluation.samples=10", "--seeds", "6"],
];

/** In every process the date jumps each 200 ms, by 30 days to the future, by 10 years to the past, and back. */
const JUMPING = `
  const DAY = 864e5, Real = Date;
  const shift = () => [0, 30 * DAY, -3650 * DAY][Math.floor(performance.now() / 200) % 3];
  globalThis.Date = class extends Real {
    constructor(...of) { if (of.length === 0) super(Real.now() + shift()); else super(...of); }
    static now() { return Real.now() + shift(); }
  };`;

const test = suite<{ folder: string; options: string | undefined }>("clock");
test.before((context) => {
  context.folder = realpathSync(mkdtempSync(join(tmpdir(), "flowmeter-clock-")));
  assert.is(flowmeter(context.folder, "sweep", ...TINY, "--out", "whole").code, 0);
  context.options = process.env["NODE_OPTIONS"];
  const url = `data:text/javascript,${encodeURIComponent(JUMPING)}`;
  process.env["NODE_OPTIONS"] = `${context.options ?? ""} --import ${url}`;
});
test.after(({ folder, options }) => {
  if (options === undefined) delete process.env["NODE_OPTIONS"];
  else process.env["NODE_OPTIONS"] = options;
  rmSync(folder, { recursive: true });
});

/** Every run was done once, with the numbers of the sweep under an honest clock, and took less time than the test. */
function assertWhole(folder: string, sweep: string): void {
  const names = runsIn(join(folder, "whole"));
  assert.equal(runsIn(join(folder, sweep)), names);
  assert.equal(notDoneOnce(join(folder, sweep)), []);
  for (const name of names) {
    const run = join(folder, sweep, name);
    assert.equal(numbersOf(run), numbersOf(join(folder, "whole", name)));
    const seconds = secondsOf(resultOf(run));
    assert.ok(seconds > 0 && seconds < performance.now() / 1000, `${name}: ${seconds} s`);
  }
}

test("a clock that is set to and fro ends no run by its time limit and changes no number", ({
  folder,
}) => {
  const limits = ["--timeout", "5m", "--retries", "0", "-j", "2"];
  const { code, stderr } = flowmeter(folder, "sweep", ...TINY, ...limits, "--out", "jumping");
  assert.is(code, 0, stderr);
  assertWhole(folder, "jumping");
  // The stamps themselves do jump: without it this would test nothing.
  const stamps = runsIn(join(folder, "jumping")).map((name) =>
    Date.parse(String(resultOf(join(folder, "jumping", name)).provenance["finished"])),
  );
  assert.ok(Math.max(...stamps) - Math.min(...stamps) > 864e5, "no stamp has jumped");
});

test("an estimate stands on how long runs took, and not on their dates", ({ folder }) => {
  const again = [...TINY.slice(0, -1), "8", "--out", "jumping", "--dry-run"];
  const { code, stdout } = flowmeter(folder, "sweep", ...again, "--reuse", "jumping");
  assert.is(code, 0);
  assert.match(stdout, /about (\d+m )?[\d.]+m?s with -j/);
});

test("a claim is kept and broken by the process that made it, whatever the dates say", async ({
  folder,
}) => {
  const child = startFlowmeter(folder, "sweep", ...TINY, "--out", "claimed");
  const closed = new Promise((resolve) => child.on("close", resolve));
  const sweep = join(folder, "claimed");
  await until("a run is done", () => runsIn(sweep).some((name) => isDone(join(sweep, name))));
  // 5: what the other has at work is left to it, however old its claim seems; 0 where it had just ended.
  const { code } = flowmeter(folder, "resume", "claimed");
  assert.ok(code === 0 || code === 5, String(code));
  child.kill("SIGKILL");
  await closed;
  const resumed = flowmeter(folder, "resume", "claimed");
  assert.is(resumed.code, 0, resumed.stderr);
  assertWhole(folder, "claimed");
});

test.run();
