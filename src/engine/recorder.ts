import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs";
import { tf, type Tensor, type Tensors } from "./tf.ts";
import { constant, type Graph, type Node, type Value, type ValueType } from "./graph.ts";
import { kernels } from "./kernels/index.ts";
import type { Emitter } from "./kernels/kernel.ts";
import type { Spec } from "./program.ts";

/*
 * A TensorFlow.js backend whose kernels write nodes instead of computing. TensorFlow.js's own tape differentiates, and
 * its gradient functions are recorded like any other op. The handles that TensorFlow.js passes around (dataId) stand
 * for the graph's values.
 */

const NAME = "recorder";
type Info = { dataId: object; shape: number[]; dtype: string };

const toDType = (type: ValueType): "float32" | "int32" | "bool" => {
  if (type === "int64") throw new Error("engine: int64 values stay inside the graph.");
  return type === "real" ? "float32" : type;
};
const toValueType = (dtype: string): ValueType => {
  if (dtype === "float32") return "real";
  if (dtype === "int32" || dtype === "bool") return dtype;
  throw new Error(
    `engine: tensors of type ${dtype} cannot be compiled; use float32, int32 or bool.`,
  );
};

class Recorder implements Emitter {
  /** Nodes of the graph being recorded, innermost last. */
  readonly scopes: Node[][] = [];
  private readonly values = new WeakMap<object, Value>();

  emit(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: readonly number[],
    type: ValueType,
    attributes: Node["attributes"] = {},
  ): Value {
    const output: Value = { shape, type };
    this.emitMany(op, inputs, [output], attributes);
    return output;
  }
  emitMany(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly Value[],
    attributes: Node["attributes"] = {},
  ): readonly Value[] {
    this.add({ op, inputs, outputs, attributes });
    return outputs;
  }
  add(node: Node): void {
    const scope = this.scopes.at(-1);
    if (scope === undefined)
      throw new Error(
        "engine: a tensor of a recorded function was used after the recording ended; return it as an output instead.",
      );
    scope.push(node);
  }
  lookUp({ dataId }: { dataId: object }): Value {
    const value = this.values.get(dataId);
    if (value === undefined)
      throw new Error(
        "a tensor from outside was used; pass it as an input, as state or as a constant of the program",
      );
    return value;
  }
  handle(value: Value): Info {
    const dataId = {};
    this.values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: toDType(value.type) };
  }

  write(data: ArrayLike<number>, shape: number[], dtype: string): object {
    return this.handle(constant(data, shape, toValueType(dtype))).dataId;
  }
  readSync(dataId: object): never {
    const { shape } = this.lookUp({ dataId });
    throw new Error(
      `a value of shape [${shape.join(", ")}] was read (dataSync, arraySync, data or print) while the function was recorded; ` +
        "it has no value yet: compute with tensors only, and make what varies an input",
    );
  }
  read(dataId: object): Promise<never> {
    return Promise.reject(new Error(this.readSync(dataId)));
  }
  numDataIds(): number {
    return 0;
  }
  refCount(): number {
    return 1;
  }
  incRef(): void {
    // Handles are collected with the recording.
  }
  disposeData(): boolean {
    return true;
  }
  move(): void {
    throw new Error(
      "a tensor from outside was used; pass it as an input, as state or as a constant of the program",
    );
  }
  dispose(): void {
    // Nothing is held.
  }
  epsilon(): number {
    return 1e-7;
  }
  floatPrecision(): 32 {
    return 32;
  }
  memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
}

const recorder = new Recorder();
const asBackend = recorder as unknown as KernelBackend;
let registered = false;

/** Makes the recorder known to TensorFlow.js, at the first recording. */
function register(): void {
  if (registered) return;
  registered = true;
  tf.registerBackend(NAME, () => asBackend, -1);
  for (const [kernelName, kernel] of Object.entries(kernels))
    tf.registerKernel({
      kernelName,
      backendName: NAME,
      kernelFunc: ({ inputs, attrs = {} }) => {
        const values = Object.fromEntries(
          Object.entries(inputs).map(([name, info]) => [name, recorder.lookUp(info as Info)]),
        );
        const result = kernel(recorder, values, attrs);
        return (
          Array.isArray(result)
            ? (result as Value[]).map((v) => recorder.handle(v))
            : recorder.handle(result as Value)
        ) as never;
      },
    });
}

/** The tensor that stands for a graph value while recording. */
export const tensorOf = (value: Value): Tensor => {
  return tf.engine().makeTensorFromTensorInfo(recorder.handle(value) as TensorInfo, asBackend);
};

export const valueOf = (tensor: Tensor): Value => recorder.lookUp(tensor);

/** Whether a function is being recorded just now. */
export const isRecording = (): boolean => recorder.scopes.length > 0;

/** Adds a node to the graph being recorded. */
export const addNode = (node: Node): void => {
  recorder.add(node);
};

/** Runs f and returns the nodes that it wrote, as a graph of its own. */
export function recordScope(inputs: readonly Value[], f: () => readonly Value[]): Graph {
  const nodes: Node[] = [];
  recorder.scopes.push(nodes);
  try {
    return { inputs, outputs: f(), nodes };
  } finally {
    recorder.scopes.pop();
  }
}

/** A recorded program: its graph, and the names that belong to inputs and outputs, in order. */
export interface Recording {
  readonly graph: Graph;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Calls f with one tensor per spec and writes down what it does. Errors name the program. */
export function record(
  label: string,
  specs: Readonly<Record<string, Spec>>,
  constants: Readonly<Record<string, Value>>,
  f: (tensors: Tensors) => Tensors,
): Recording {
  register();
  const before = tf.getBackend();
  void tf.setBackend(NAME);
  try {
    const values = Object.entries(specs).map(([, { shape, dtype = "real" }]): Value => ({
      shape,
      type: dtype,
    }));
    const names = Object.keys(specs);
    const outputs: string[] = [];
    const graph = recordScope(values, () => {
      const given = [
        ...names.map((name, i) => [name, values[i] as Value] as const),
        ...Object.entries(constants),
      ];
      let results: Value[] = [];
      tf.tidy(() => {
        const named = f(Object.fromEntries(given.map(([name, value]) => [name, tensorOf(value)])));
        outputs.push(...Object.keys(named));
        results = Object.values(named).map(valueOf);
      });
      return results;
    });
    return { graph, inputs: names, outputs };
  } catch (error) {
    throw explain(label, error);
  } finally {
    void tf.setBackend(before);
  }
}

/** Says whose function failed, and for an op that cannot be compiled, what to do. */
function explain(label: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const kernel = /Kernel '(.+?)' not registered for backend/.exec(message)?.[1];
  const what =
    kernel === undefined
      ? message
      : `the TensorFlow.js op "${kernel}" cannot be compiled; run with engine=tfjs-cpu, spell it with other ops, or add a lowering in src/engine/kernels`;
  return new Error(`${label}: ${what}`, { cause: error });
}
