import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lineReader } from "../../src/runner/lines.ts";
import { parseMessage } from "../../src/runner/worker-protocol.ts";

const test = suite("worker protocol");

test("lines come whole, however they were cut", () => {
  const lines: string[] = [];
  const read = lineReader((line) => lines.push(line));
  for (const chunk of ["a", "b\nc", "d\n\n", "e"]) read(chunk);
  assert.equal(lines, ["ab", "cd", ""]);
  read(Buffer.from("f\n"));
  assert.is(lines.at(-1), "ef");
});

test("a line without an end does not grow for ever", () => {
  const lines: string[] = [];
  const read = lineReader((line) => lines.push(line));
  for (let i = 0; i < 20; i++) read("x".repeat(100_000));
  read("\nend\n");
  assert.is(lines.at(-1), "end");
  assert.ok((lines[0]?.length ?? 0) < 2_000_000);
});

test("what is no message is nothing", () => {
  const ended = { kind: "ended", outcome: "done", reason: "", memory: 1 };
  assert.equal(parseMessage(JSON.stringify(ended)), ended);
  const garbage = ["", "garbage", "null", "3", "[]", '{"kind":"ended"}', '{"kind":"claimed"}'];
  for (const line of [...garbage, '{"kind":"progress"}', '{"kind":"progress","progress":null}'])
    assert.is(parseMessage(line), undefined, line);
});

test("numbers that JSON does not know are numbers again for who shows them", () => {
  const flagged = { value: null, flag: "inf" };
  const progress = { step: 1, steps: 2, loss: null, stepsPerSecond: flagged, remaining: 0 };
  const message = parseMessage(JSON.stringify({ kind: "progress", progress }));
  assert.equal(message, {
    kind: "progress",
    progress: { ...progress, loss: NaN, stepsPerSecond: Infinity },
  });
});

test.run();
