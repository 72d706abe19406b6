import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listenForStop } from "../../src/cli/stop-signals.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGUSR2"] as const;
test.after.each(() => {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
});

test("a signal that comes twice at once is one wish to stop, a later one ends at once", async () => {
  let kills = 0;
  const { stop, kill, exitCode } = listenForStop(() => kills++, "stopping");
  process.emit("SIGTERM");
  process.emit("SIGTERM");
  assert.equal([stop.aborted, kill.aborted, kills], [true, false, 0]);
  // Longer than any program takes to signal a process and its group.
  await setTimeout(350);
  process.emit("SIGINT");
  assert.equal([kill.aborted, kills, exitCode()], [true, 1, 143]);
});

test.run();
