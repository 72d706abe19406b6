import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askProbe } from "../../src/runner/doctor/ask-probe.ts";
import { disk, findProgram, satisfies } from "../../src/runner/doctor/machine.ts";
import { probe } from "../../src/runner/doctor/probes.ts";

/** A finding about a program that does this instead of a probe. */
const ask = (program: string, seconds = 60) =>
  askProbe("x", "engine:x", { command: [process.execPath, "-e", program, "--"], seconds });
const say = (answer: object): string => `console.log(${JSON.stringify(JSON.stringify(answer))});`;

test("an answer is taken over, behind whatever a library printed before it", async () => {
  const fine = await ask(`console.log("loading"); ${say({ ok: true, detail: "works" })}`);
  assert.equal(fine, { name: "x", status: "ok", detail: "works" });
  const absent = await ask(say({ ok: false, absent: true, detail: "no device" }));
  assert.equal([absent.status, absent.detail], ["missing", "no device"]);
  const wrong = await ask(say({ ok: false, absent: false, detail: "wrong numbers" }));
  assert.equal([wrong.status, wrong.detail], ["broken", "wrong numbers"]);
});

test("a crash, an endless wait, an exit and nonsense are findings", async () => {
  const crash = await ask(
    'console.error("free(): invalid size"); process.kill(process.pid, "SIGSEGV")',
  );
  assert.is(crash.status, "broken");
  assert.match(crash.detail, /^crashed \(SIGSEGV\)/);
  const endless = await ask("setInterval(() => {}, 1000)", 0.1);
  assert.equal([endless.status, endless.detail], ["broken", "did not end in 0.1 s and was killed"]);
  const exit = await ask('console.error("no memory"); process.exit(7)');
  assert.is(exit.detail, "ended with exit code 7: no memory");
  assert.is((await ask('console.log("{")')).status, "broken");
  assert.is((await ask('console.log("null")')).status, "broken");
  const late = await ask(
    `${say({ ok: true, detail: "works" })} process.kill(process.pid, "SIGABRT")`,
  );
  assert.equal([late.status, late.detail], ["broken", "works, but then crashed (SIGABRT)"]);
  const missing = await askProbe("x", "y", { command: ["/no/such/program"] });
  assert.is(missing.status, "broken");
  assert.match(missing.detail, "ENOENT");
});

test("an engine is tried with numbers; one that is unknown or a package that is missing is told", async () => {
  const works = await probe("engine:tfjs-cpu");
  assert.ok(works.ok, works.detail);
  assert.match(works.detail, /^works, first run \d+ ms$/);
  assert.not.ok((await probe("engine:abacus")).ok);
  assert.equal(await probe("package:no-such-package"), {
    ...{ ok: false, absent: true, detail: "is not installed" },
  });
});

test("versions are compared number by number", () => {
  for (const version of ["v20.19.0", "v20.20.2", "v22.0.0", "v100.1.0"])
    assert.ok(satisfies(version, ">=20.19"), version);
  for (const version of ["v20.9.0", "v18.20.0", "v2.30.0"])
    assert.not.ok(satisfies(version, ">=20.19"), version);
});

test("a program is found on the search path if it can be carried out", () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-doctor-"));
  try {
    for (const [name, mode] of [
      ["a", 0o644],
      ["b", 0o755],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "tool"), "#!/bin/sh\n");
      chmodSync(join(folder, name, "tool"), mode);
    }
    const path = ["", join(folder, "none"), join(folder, "a"), join(folder, "b")].join(delimiter);
    assert.is(findProgram("tool", path), join(folder, "b", "tool"));
    assert.is(findProgram("other", path), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("room and permissions are those of the nearest folder that there is, and nothing is left in it", () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-doctor-"));
  try {
    const found = disk(join(folder, "not", "yet"));
    assert.match(found.detail, `(to be made in ${folder}) can be written to`);
    assert.type(found["free"], "number");
    assert.equal(readdirSync(folder), []);
    writeFileSync(join(folder, "file"), "");
    assert.is(disk(join(folder, "file", "below")).status, "broken");
    assert.is(disk("/proc/flowmeter").status, "broken");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
