import { existsSync } from "node:fs";
import { test } from "uvu";
import { tf, type Program, type Tensor, type Tensor2D } from "../../src/engine/index.ts";
import { assertClose, numbers, runOn, withGradients } from "./compare.ts";

/*
 * The webgpu engine on a software adapter, SwiftShader as Debian's chromium brings it; the Vulkan loader (libvulkan1)
 * finds it by this variable. A driver that the user has named already is left alone.
 */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADER = [
  "/usr/lib/x86_64-linux-gnu/libvulkan.so.1",
  "/usr/lib/aarch64-linux-gnu/libvulkan.so.1",
];
const missing = !existsSync(SWIFTSHADER)
  ? `${SWIFTSHADER} is not there (Debian: apt-get install chromium)`
  : !LOADER.some((path) => existsSync(path))
    ? "the Vulkan loader is not there (Debian: apt-get install libvulkan1)"
    : undefined;
process.env["VK_ICD_FILENAMES"] ??= SWIFTSHADER;

const onWebGpu = (name: string, body: () => Promise<void>): void => {
  if (missing === undefined) test(name, body);
  else {
    console.log(`skipped: ${name}: ${missing}`);
    test.skip(name, body);
  }
};

/** A small network with everything that a coupling has: splits, joins of many parts, gathers, sums, gradients. */
const network = (repeat?: number): Program => ({
  label: "network",
  inputs: { picks: { shape: [4], dtype: "int32" } },
  state: { rows: { shape: [9, 3] }, w: { shape: [20, 2] } },
  ...(repeat === undefined ? {} : { repeat }),
  body: ({ picks, rows, w }) => {
    const batch = tf.gather(rows as Tensor, picks as Tensor);
    const loss = (packed: Tensor): Tensor => {
      const weights = tf.split(
        packed,
        Array.from({ length: 10 }, () => 2),
        0,
      );
      const [skip, active] = tf.split(batch, [2, 1], 1) as [Tensor, Tensor];
      const outputs = weights.map((m) => tf.tanh(tf.matMul(skip as Tensor2D, m as Tensor2D)));
      const joined = tf.concat(outputs, 1);
      return tf.mean(tf.square(tf.sub(tf.mul(joined, tf.exp(active)), 0.5)));
    };
    const { value, grad } = tf.valueAndGrad((p: Tensor) => loss(p))(w as Tensor);
    return { outputs: { loss: value }, state: { w: tf.sub(w as Tensor, tf.mul(0.5, grad)) } };
  },
});

onWebGpu("training steps on webgpu give the losses of the cpu", async () => {
  const { compile } = await import("../../src/engine/index.ts");
  const losses = async (engine: "cpu" | "webgpu", repeat?: number): Promise<Float32Array> => {
    const program = await compile(network(repeat), { engine });
    program.set({ rows: numbers(27), w: numbers(40, -1, 1, 3) });
    const picks = Int32Array.from([0, 3, 8, 1, 2, 2, 5, 7]);
    const all: number[] = [];
    if (repeat === undefined)
      for (const step of [0, 1])
        all.push(
          ...((await program.run({ picks: picks.subarray(4 * step, 4 * step + 4) }))["loss"] ?? []),
        );
    else all.push(...((await program.run({ picks }))["loss"] ?? []));
    await program.dispose();
    return Float32Array.from(all);
  };
  const reference = await losses("cpu");
  // float32 on both sides; tanh and exp differ by units in the last place, sums over 80 terms by their order.
  assertClose({ loss: await losses("webgpu") }, { loss: reference }, 1e-5, "one by one");
  assertClose({ loss: await losses("webgpu", 2) }, { loss: reference }, 1e-5, "in one call");
});

onWebGpu("functions and their gradients on webgpu equal the reference", async () => {
  const program: Program = {
    label: "functions",
    inputs: { x: { shape: [3, 5] } },
    body: ({ x }) => ({
      outputs: Object.assign(
        {},
        ...[tf.tanh, tf.sigmoid, tf.softplus, tf.exp, tf.relu, tf.square, tf.expm1, tf.asinh].map(
          (f) => withGradients(f.name, (z) => f(z), [x as Tensor]),
        ),
      ) as Record<string, Tensor>,
    }),
  };
  const inputs = { x: numbers(15, -1, 1) };
  // GPU math functions may be off by several units in the last place; 1e-4 still catches any wrong formula. WGSL grants
  // sin and cos an absolute error of 2⁻¹¹, so they are left out.
  assertClose(
    await runOn(program, inputs, { engine: "webgpu" }),
    await runOn(program, inputs, { engine: "tfjs-cpu" }),
    1e-4,
    "webgpu",
  );
});

test.run();
