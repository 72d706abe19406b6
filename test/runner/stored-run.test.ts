import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createRunFolder, readStoredRun } from "../../src/runner/store/run-folder.ts";
import { StoreError } from "../../src/runner/user-error.ts";
import { VERSION } from "../../src/runner/version.ts";
import { saying } from "../saying.ts";
import { resolveFake } from "./fake-catalogue.ts";

const test = suite<{ folder: string }>("stored run");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-stored-run-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});
const oneRun = async () => {
  const [run] = await resolveFake(["family=alpha", "data=dots"]);
  if (run === undefined) throw new Error("no run");
  return run;
};

test("a configuration that was changed since it was made is told as that, and nothing runs by it", async ({
  folder,
}) => {
  const run = await oneRun();
  const path = join(folder, "run");
  const config = join(path, "config.json");
  createRunFolder(path, run);
  const text = readFileSync(config, "utf8");
  const changed = saying(`${config} was changed since it was made`);
  for (const bad of [
    text.replace('"layers": 8', '"layers": 4'),
    "{}",
    '{"runId":"a","config":null}',
  ]) {
    assert.is.not(bad, text);
    writeFileSync(config, bad);
    for (const use of [() => readStoredRun(path), () => createRunFolder(path, run)])
      assert.throws(
        use,
        (error: unknown) => error instanceof StoreError && changed(error),
        bad.slice(0, 40),
      );
  }
  writeFileSync(config, "null");
  assert.throws(
    () => readStoredRun(path),
    saying(`expected an object, got null); restore it, or remove ${path} and`),
  );
  rmSync(path, { recursive: true });
  assert.throws(() => createRunFolder(path, { ...run, configHash: "0" }), saying("list of runs"));
  assert.not.ok(existsSync(path));
  mkdirSync(path);
  // Other versions may have computed the hash otherwise.
  const older = text.replace(`"version": "${VERSION}"`, '"version": "0.0.9"');
  writeFileSync(config, older.replace('"layers": 8', '"layers": 4'));
  assert.is(readStoredRun(path).config.family["layers"], 4);
});

test("a run keeps the version that resolved it, which need not be the one that starts it", async ({
  folder,
}) => {
  const path = join(folder, "run");
  createRunFolder(
    path,
    { ...(await oneRun()), configHash: "older" },
    { cwd: "/", version: "0.0.9" },
  );
  const { configHash, version } = readStoredRun(path);
  assert.equal([configHash, version], ["older", "0.0.9"]);
});

test.run();
