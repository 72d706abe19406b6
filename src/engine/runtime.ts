import type { Env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import { EngineError } from "./engine-error.ts";
import type { EngineOptions } from "./program.ts";

/** What we use of ONNX Runtime; its native and its WebAssembly build offer the same. */
export interface Runtime {
  readonly Tensor: typeof OrtTensor;
  readonly InferenceSession: typeof InferenceSession;
  readonly env: Env;
}

export type CompiledEngine = "cpu" | "webgpu" | "cuda" | "wasm";

/** The build of ONNX Runtime that serves an engine, and what the user should know about the choice. */
export async function loadRuntime(
  engine: "auto" | CompiledEngine,
): Promise<{ runtime: Runtime; engine: CompiledEngine; notice?: string }> {
  if (engine === "wasm") return { runtime: await webAssembly(), engine };
  try {
    return { runtime: await native(), engine: engine === "auto" ? "cpu" : engine };
  } catch (error) {
    const cause = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    if (engine !== "auto")
      throw new EngineError(
        `engine=${engine}: onnxruntime-node does not load here (${cause}). Install it ("npm install onnxruntime-node --ignore-scripts"), or use engine=wasm.`,
        { cause: error },
      );
    return {
      runtime: await webAssembly(),
      engine: "wasm",
      notice: `onnxruntime-node does not load here (${cause}); running in WebAssembly, which is about three times slower.`,
    };
  }
}

async function native(): Promise<Runtime> {
  if (process.env["FLOWMETER_NO_NATIVE"] !== undefined)
    throw new Error("FLOWMETER_NO_NATIVE is set");
  const runtime = unwrap(await import("onnxruntime-node"));
  // What goes wrong is thrown; ONNX Runtime would print it as well.
  runtime.env.logLevel = "fatal";
  return runtime;
}

async function webAssembly(): Promise<Runtime> {
  const runtime = unwrap(await import("onnxruntime-web"));
  runtime.env.logLevel = "fatal";
  runtime.env.wasm.numThreads = 1;
  return runtime;
}

/** CommonJS builds come wrapped in `default`. */
function unwrap(loaded: object): Runtime {
  return (
    "InferenceSession" in loaded ? loaded : (loaded as { default: object }).default
  ) as Runtime;
}

/** Session options for an engine: one operator after the other, the given threads inside each. */
export const sessionOptions = (
  engine: CompiledEngine,
  { threads = 1, precision = "float32", profile }: EngineOptions,
): InferenceSession.SessionOptions => ({
  executionProviders: [engine],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: "sequential",
  // Buffers from the arena are reused while they are still in the cache; a planned layout is 1 % slower.
  enableMemPattern: false,
  // Beyond "basic", ONNX Runtime fuses x·sigmoid(x) into an operator that has no float64 kernel.
  graphOptimizationLevel: precision === "float64" ? "basic" : "all",
  logSeverityLevel: 4,
  ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  // Adam's second moments decay into the denormal range, where arithmetic is a hundred times slower.
  ...(precision === "float32" ? { extra: { session: { set_denormal_as_zero: "1" } } } : {}),
});
