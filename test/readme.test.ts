import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withFamilyTable } from "../scripts/family-table.ts";
import { families } from "../src/families.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the family table of README.md is that of the registry; npm run readme writes it", () => {
  assert.ok(
    withFamilyTable(readme, families) === readme,
    "README.md is stale; write it anew with: npm run readme",
  );
});

test("a family that is added makes the table stale", () => {
  const [first] = families;
  assert.ok(first);
  const more = [...families, { ...first, name: "another-family" }];
  assert.is.not(withFamilyTable(readme, more), readme);
  assert.match(withFamilyTable(readme, more), /^\| `another-family` +\| /m);
});

test("a README without the markers is refused", () => {
  assert.throws(() => withFamilyTable("no table", families), /families: npm run readme/);
});

test.run();
