import { test } from "uvu";
import * as assert from "uvu/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLibrary } from "../../../src/runner/config/library.ts";

test("each experiment says what it is and how long it takes", () => {
  const library = createLibrary([fileURLToPath(new URL("../../../experiments", import.meta.url))]);
  const names = library.names("");
  assert.ok(names.length > 10);
  for (const name of names) {
    const { description, time } = library.about(name);
    assert.is.not(description, "", name);
    assert.match(time, /(?:\d+ (?:s|minutes?|hours?)|half a minute|an hour)\b.* cores$/, name);
  }
});

test("the time is no setting, and a file need not say it", () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-experiments-"));
  try {
    writeFileSync(join(folder, "a.yaml"), "time: 3 minutes\nseed: 1\n");
    writeFileSync(join(folder, "b.yaml"), "seed: 1\n");
    const library = createLibrary([folder]);
    assert.is(library.about("a").time, "3 minutes");
    assert.is(library.about("b").time, "");
    assert.is(library.load("a")?.settings.length, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
