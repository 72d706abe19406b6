import { test } from "uvu";
import * as assert from "uvu/assert";
import { recordNotes } from "../../src/runner/make-record.ts";

test("a record notes the engine's fallback, the data and the training, each thing once", () => {
  const dataset = { notes: ["dropped 2 rows", "slow"] };
  const training = { notes: ["slow", "stopped early"] };
  const rest = ["dropped 2 rows", "slow", "stopped early"];
  assert.equal(recordNotes({ engine: { notice: "in WebAssembly" }, dataset, training }), [
    "in WebAssembly",
    ...rest,
  ]);
  assert.equal(recordNotes({ engine: {}, dataset, training }), rest);
});

test.run();
