import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, EngineError, tf, type Program, type Tensor } from "../../src/engine/index.ts";

const ENTRY = new URL("../../src/engine/index.ts", import.meta.url).href;
const program: Program = {
  label: "one",
  inputs: { x: { shape: [] } },
  body: ({ x }) => ({ outputs: { y: tf.exp(x as Tensor) } }),
};

/** Runs a script in a process of its own, where the engine loads afresh. */
const inChild = (script: string, env: Record<string, string> = {}) =>
  spawnSync(
    process.execPath,
    [
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      `import { compile, tf } from ${JSON.stringify(ENTRY)};\n${script}`,
    ],
    {
      encoding: "utf8",
      env: { ...process.env, ...env },
    },
  );

test("auto runs natively, and falls back to WebAssembly with a notice where the binding does not load", async () => {
  const native = await compile(program);
  assert.is(native.info.engine, "cpu");
  assert.is(native.info.notice, undefined);
  const { stdout } = inChild(
    `const c = await compile({ label: "one", inputs: { x: { shape: [] } }, body: ({ x }) => ({ outputs: { y: tf.exp(x) } }) });
     const { y } = await c.run({ x: new Float32Array([0]) });
     console.log(JSON.stringify({ ...c.info, y: y[0] }));`,
    { FLOWMETER_NO_NATIVE: "1" },
  );
  const info = JSON.parse(stdout) as { engine: string; notice: string; y: number };
  assert.is(info.engine, "wasm");
  assert.match(info.notice, /onnxruntime-node does not load here.*WebAssembly/);
  assert.is(info.y, 1);
});

test("an eager run prints no banner of TensorFlow.js", () => {
  const { stdout, stderr } = inChild(
    `const c = await compile({ label: "one", inputs: { x: { shape: [] } }, body: ({ x }) => ({ outputs: { y: tf.exp(x) } }) }, { engine: "tfjs-cpu" });
     await c.run({ x: new Float32Array([0]) });`,
  );
  assert.is(stdout, "");
  assert.is(stderr, "");
});

test("an engine that cannot be had is an error with the cure", async () => {
  for (const [engine, pattern] of [
    ["cuda", /engine=cuda cannot run one here.*engine=cpu/s],
    [
      "tensorflow",
      /engine=tensorflow needs @tensorflow\/tfjs-node-gpu or @tensorflow\/tfjs-node \(version 4\.22\.0\).*Install/s,
    ],
  ] as const) {
    const error = await compile(program, { engine }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    // Where the user has it, there is nothing to refuse.
    if (error === undefined) continue;
    assert.instance(error, EngineError);
    assert.match((error as Error).message, pattern);
  }
});

test.run();
