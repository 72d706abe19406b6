import { createRequire } from "node:module";
import { compile, tf, type EngineName, type Tensor } from "../../engine/index.ts";
import { document, text } from "../../svg.ts";
import { figurePng } from "../figure-png.ts";
import { packageVersion } from "../package-versions.ts";
import { messageOf } from "../user-error.ts";

/** What a probe says on its standard output, in JSON: it runs in a process of its own, which may break down. */
export type ProbeAnswer =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly detail: string; readonly absent: boolean };

const X = [0.5, -1.25, 2, 0.75];
/** tanh(x xᵀ) for the rows (0.5, −1.25) and (2, 0.75). */
const EXPECTED = [1.8125, 0.0625, 0.0625, 4.5625].map(Math.tanh);
/** Engines may compute tanh by tables or in half precision where nobody asked them to; float32 is nearer than this. */
const TOLERANCE = 1e-4;

/** Compiles and runs a matrix product on an engine and looks at its numbers. */
async function probeEngine(engine: EngineName): Promise<ProbeAnswer> {
  const compiled = await compile(
    {
      label: "a trial",
      inputs: { x: { shape: [2, 2] } },
      body: ({ x }) => {
        const product: Tensor = tf.matMul(x as Tensor, x as Tensor, false, true);
        return { outputs: { y: tf.tanh(product) } };
      },
    },
    { engine },
  );
  const started = performance.now();
  const { y = new Float32Array(4) } = await compiled.run({ x: Float32Array.from(X) });
  const milliseconds = performance.now() - started;
  const { engine: used, notice } = compiled.info;
  await compiled.dispose();
  if (EXPECTED.some((value, i) => !(Math.abs((y[i] ?? NaN) - value) < TOLERANCE)))
    return {
      ...{ ok: false, absent: false },
      detail: `wrong numbers: expected ${EXPECTED.join(", ")}, got ${y.join(", ")}`,
    };
  const as = used === engine ? "" : ` as ${used}`;
  const text = `works${as}, first run ${milliseconds.toFixed(0)} ms`;
  return { ok: true, detail: notice === undefined ? text : `${text}; ${notice}` };
}

/** Loads a package, with its native part where it has one. */
async function probePackage(name: string): Promise<ProbeAnswer> {
  try {
    createRequire(import.meta.url).resolve(name);
  } catch {
    return { ok: false, absent: true, detail: "is not installed" };
  }
  await import(name);
  return { ok: true, detail: `${packageVersion(name) ?? "of an unknown version"}, loads` };
}

/** Draws letters and looks whether there are any. */
async function probeFonts(): Promise<ProbeAnswer> {
  const png = await figurePng(document(40, 20, [text(2, 15, "Ag")]));
  if (png === undefined)
    return { ok: false, absent: true, detail: "there is nothing to draw with: @resvg/resvg-js" };
  const { decode } = await import("fast-png");
  const { data, channels } = decode(png);
  const dark = data.some((value, i) => i % channels < 3 && value < 128);
  return dark
    ? { ok: true, detail: "PNGs have letters" }
    : { ok: false, absent: true, detail: "PNGs have no letters: no fonts were found" };
}

/** Tries what a word stands for: `engine:cpu`, `package:NAME`, `fonts`. Never throws. */
export async function probe(what: string): Promise<ProbeAnswer> {
  const [kind, name = ""] = what.split(/:(.*)/s);
  try {
    if (kind === "engine") return await probeEngine(name as EngineName);
    if (kind === "package") return await probePackage(name);
    return await probeFonts();
  } catch (error) {
    const absent = error instanceof Error && error.name === "EngineError";
    return { ok: false, absent, detail: messageOf(error).split("\n")[0] ?? "" };
  }
}
