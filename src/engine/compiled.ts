import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import type { Executable } from "./eager.ts";
import { constant, sizeOf, type Graph, type Value } from "./graph.ts";
import { encode, type Encoded } from "./onnx/encode.ts";
import { optimise, type EngineLimits } from "./passes/index.ts";
import type { DType, EngineOptions, NumericArray, Precision, Program, Spec } from "./program.ts";
import { record } from "./recorder.ts";
import { repeatBody } from "./repeat.ts";
import { sessionOptions, type CompiledEngine, type Runtime } from "./runtime.ts";
import { EngineError } from "./engine-error.ts";
import { nativeReason } from "./native-reason.ts";

const OUTPUT = "output ";
const STATE = "state ";
/** Parts of a split or a join: WebGPU guarantees 8 storage buffers to a shader, one of which is the whole. */
const WEBGPU_OPERANDS = 7;

/** The whole program as one optimised graph, and what its inputs and outputs are. */
export interface Lowered {
  readonly graph: Graph;
  readonly inputs: readonly string[];
  readonly state: readonly string[];
  readonly outputs: readonly string[];
  /** State that a run replaces, in the order of the graph's outputs after the reported ones. */
  readonly replaced: readonly string[];
}

/** Records a program and simplifies its graph. */
export function lower(program: Program, limits: EngineLimits = {}): Lowered {
  const { label, inputs = {}, state = {}, constants = {}, repeat, body } = program;
  const fixed = Object.fromEntries(
    Object.entries(constants).map(([name, c]) => [
      name,
      constant(c.values, c.shape, c.dtype ?? "real"),
    ]),
  );
  const recording = record(label, { ...inputs, ...state }, fixed, (tensors) => {
    const { outputs, state: next = {} } = body(tensors);
    for (const [name, tensor] of Object.entries(next)) checkState(name, tensor.shape, state[name]);
    return Object.fromEntries([
      ...Object.entries(outputs).map(([name, t]) => [OUTPUT + name, t] as const),
      ...Object.entries(next).map(([name, t]) => [STATE + name, t] as const),
    ]);
  });
  const outputs = recording.outputs
    .filter((name) => name.startsWith(OUTPUT))
    .map((name) => name.slice(OUTPUT.length));
  const replaced = recording.outputs
    .filter((name) => name.startsWith(STATE))
    .map((name) => name.slice(STATE.length));
  const fed = Object.keys(inputs).length;
  const stateNames = Object.keys(state);
  const replaces = replaced.map(
    (name) => recording.graph.inputs[fed + stateNames.indexOf(name)] as Value,
  );
  const whole =
    repeat === undefined
      ? recording.graph
      : repeatBody({ graph: recording.graph, fed, reported: outputs.length, replaces }, repeat);
  return {
    graph: optimise(whole, limits),
    inputs: Object.keys(inputs),
    state: stateNames,
    outputs,
    replaced,
  };
}

function checkState(name: string, shape: readonly number[], spec: Spec | undefined): void {
  if (spec === undefined)
    throw new Error(`the function returns the state "${name}", which was not declared`);
  if (spec.shape.join() !== shape.join())
    throw new Error(
      `the state "${name}" has shape [${spec.shape.join(", ")}], but the function returns [${shape.join(", ")}] for it; shapes are fixed while a program runs`,
    );
}

const limitsOf = (engine: CompiledEngine, precision: Precision): EngineLimits => ({
  precision,
  ...(engine === "webgpu" ? { mostOperands: WEBGPU_OPERANDS } : {}),
});

/** Runs a program in a session of ONNX Runtime. */
export async function compiledExecutable(
  program: Program,
  runtime: Runtime,
  engine: CompiledEngine,
  options: EngineOptions,
): Promise<Executable> {
  const { precision = "float32" } = options;
  const lowered = lower(program, limitsOf(engine, precision));
  const { graph, inputs, outputs } = lowered;
  const encoded = encode(graph, precision);
  const session = await createSession(program.label, runtime, encoded.bytes, engine, options);
  const wrap = (array: NumericArray, { shape, type }: Value): OrtTensor =>
    new runtime.Tensor(elementOf(type as DType, precision), array as Float32Array, shape);
  const fit = (array: NumericArray, { type }: Value): NumericArray =>
    convert(array, type as DType, precision);

  const state = stateBuffers(lowered, encoded, fit);

  return {
    nodes: countNodes(graph),
    set: (values) => {
      for (const entry of state)
        if (values[entry.name] !== undefined) entry.array.set(values[entry.name] as NumericArray);
    },
    get: (names) => {
      const parts = state.filter(({ name }) => names.includes(name));
      return Promise.resolve(
        Object.fromEntries(parts.map(({ name, array }) => [name, array.slice()])),
      );
    },
    run: async (feeds) => {
      const given: Record<string, OrtTensor> = {};
      inputs.forEach((name, i) => {
        const value = graph.inputs[i] as Value;
        given[encoded.inputs[i] as string] = wrap(fit(feeds[name] as NumericArray, value), value);
      });
      const wanted: Record<string, OrtTensor | null> = {};
      outputs.forEach((_, i) => (wanted[encoded.outputs[i] as string] = null));
      for (const { feed, fetch, array, spare, value } of state) {
        given[feed] = wrap(array, value);
        // The native binding fills the array that it is given; the WebAssembly build returns one of its own.
        if (fetch !== undefined && spare !== undefined)
          wanted[fetch] = engine === "wasm" ? null : wrap(spare, value);
      }
      const results = await session.run(given, wanted);
      for (const entry of state) {
        if (entry.fetch === undefined) continue;
        entry.spare = entry.array;
        entry.array = results[entry.fetch]?.data as NumericArray;
      }
      return Object.fromEntries(
        outputs.map((name, i) => [
          name,
          results[encoded.outputs[i] as string]?.data as NumericArray,
        ]),
      );
    },
    dispose: () => {
      if (options.profile !== undefined) session.endProfiling();
      return session.release();
    },
  };
}

/** A part of the state: where it enters and leaves the session, and the arrays that hold it. */
interface StateBuffer {
  readonly name: string;
  readonly value: Value;
  readonly feed: string;
  readonly fetch: string | undefined;
  array: NumericArray;
  /** What a run replaces is written into a second array, and the two swap. */
  spare: NumericArray | undefined;
}

function stateBuffers(
  { graph, inputs, state, outputs, replaced }: Lowered,
  encoded: Encoded,
  fit: (array: NumericArray, value: Value) => NumericArray,
): StateBuffer[] {
  return state.map((name, i) => {
    const value = graph.inputs[inputs.length + i] as Value;
    const output = replaced.indexOf(name);
    const blank = (): NumericArray => fit(new Float64Array(sizeOf(value.shape)), value);
    return {
      name,
      value,
      feed: encoded.inputs[inputs.length + i] as string,
      fetch: output < 0 ? undefined : encoded.outputs[outputs.length + output],
      array: blank(),
      spare: output < 0 ? undefined : blank(),
    };
  });
}

async function createSession(
  label: string,
  runtime: Runtime,
  bytes: Uint8Array,
  engine: CompiledEngine,
  options: EngineOptions,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(bytes, sessionOptions(engine, options));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    if (engine === "webgpu" || engine === "cuda")
      throw new EngineError(
        `engine=${engine} cannot run ${label} here (${nativeReason(error)}). Is there a device and a driver for it? engine=cpu always works.`,
        { cause: error },
      );
    const missing = /Could not find an implementation for (\w+)\(/.exec(cause)?.[1];
    if (missing !== undefined && options.precision === "float64")
      throw new Error(
        `${label}: ONNX Runtime has no float64 kernel for "${missing}"; use precision float32, or spell it with other ops.`,
        { cause: error },
      );
    throw new Error(
      `${label}: ONNX Runtime refuses the compiled program (${cause}); run with engine=tfjs-cpu, and report this.`,
      { cause: error },
    );
  }
}

const countNodes = (graph: Graph): number =>
  graph.nodes.reduce((sum, { body }) => sum + 1 + (body === undefined ? 0 : countNodes(body)), 0);

const elementOf = (type: DType, precision: Precision) => (type === "real" ? precision : type);

/** The same numbers in the array type of an element type; the array itself where it fits already. */
function convert(values: NumericArray, type: DType, precision: Precision): NumericArray {
  if (type === "int32") return values instanceof Int32Array ? values : Int32Array.from(values);
  if (type === "bool") return values instanceof Uint8Array ? values : Uint8Array.from(values);
  if (precision === "float64")
    return values instanceof Float64Array ? values : Float64Array.from(values);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
