import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ENGINES } from "../../src/engine/program.ts";
import type { Finding } from "../../src/runner/doctor/finding.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("doctor");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-doctor-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("doctor tries every engine and ends with 0 where the default one works", ({ folder }) => {
  const { code, stdout, stderr } = flowmeter(folder, "doctor", "--json");
  const findings = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Finding);
  const of = (name: string) => findings.find((finding) => finding.name === name);
  assert.is(code, 0, stderr);
  assert.is(of("engine auto")?.status, "ok");
  for (const engine of ENGINES) assert.ok(of(`engine ${engine}`), engine);
  for (const name of [
    "flowmeter",
    "node",
    "packages",
    "processor",
    "memory",
    "gpu",
    "disk",
    "slurm",
    "fonts",
  ])
    assert.ok(of(name), name);
  for (const { name, status, cure = "" } of findings)
    if (status !== "ok")
      assert.not.equal(cure, "", `${name} is ${status}: what would put it right`);
  const cut = findings.filter(({ detail }) => /\.cc:\d+/.test(detail));
  assert.equal(cut, [], "no lines of ONNX Runtime's source");
  assert.not.ok(existsSync(join(folder, "runs")), "it makes no folder");
});

test("a default engine that crashes is told, and is code 1", ({ folder }) => {
  const crash = join(folder, "crash.cjs");
  writeFileSync(
    crash,
    'if (process.argv.includes("engine:auto")) process.kill(process.pid, "SIGSEGV");\n',
  );
  const before = process.env["NODE_OPTIONS"];
  process.env["NODE_OPTIONS"] = `--require ${crash}`;
  try {
    const { code, stdout, stderr } = flowmeter(folder, "doctor");
    assert.is(code, 1);
    assert.match(stdout, /^!! {2}engine auto +crashed \(SIGSEGV\)/m);
    assert.match(stdout, /^ok {2}engine tfjs-cpu/m, "the others are tried all the same");
    assert.match(stderr, /default engine does not work/);
  } finally {
    if (before === undefined) delete process.env["NODE_OPTIONS"];
    else process.env["NODE_OPTIONS"] = before;
  }
});

test.run();
