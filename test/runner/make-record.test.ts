import { test } from "uvu";
import * as assert from "uvu/assert";
import { failedRecord, recordNotes } from "../../src/runner/make-record.ts";
import { startStopwatch } from "../../src/runner/stopwatch.ts";

test("a record notes the engine's fallback, the data and the training, each thing once", () => {
  const dataset = { notes: ["dropped 2 rows", "slow"] };
  const preprocessing = { notes: ["coarse"] };
  const parts = { dataset, preprocessing, training: { notes: ["slow", "stopped early"] } };
  const rest = ["dropped 2 rows", "slow", "coarse", "stopped early"];
  const engine = { notice: "in WebAssembly" };
  assert.equal(recordNotes({ engine, ...parts }), ["in WebAssembly", ...rest]);
  assert.equal(recordNotes({ engine: {}, ...parts }), rest);
});

test("a run that failed says which sources of plugins it was set up with, one without plugins nothing", () => {
  const options = { family: { name: "a" }, data: { name: "b" }, engine: { name: "cpu" } };
  const config = { ...options, training: {}, evaluation: {}, seed: 0, plugins: [] };
  const of = (parts: object) =>
    failedRecord({ config, configHash: "x", ...parts }, "no memory", startStopwatch()).provenance;
  assert.equal(of({ pluginDigests: { "./p.ts": "11" } })["plugins"], { "./p.ts": "11" });
  assert.not.ok("plugins" in of({}));
});

test.run();
