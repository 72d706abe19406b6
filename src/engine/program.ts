import type { Tensors } from "./tf.ts";

export type Shape = readonly number[];

/** `real` is float32 or float64, as the program's precision says. */
export type DType = "real" | "int32" | "bool";

export interface Spec {
  readonly shape: Shape;
  readonly dtype?: DType;
}

/** What the host hands in and gets back; converted to the program's types where they differ. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array;
export type Arrays = Record<string, NumericArray>;

/**
 * A function of tensors to be compiled, written in ordinary TensorFlow.js.
 *
 * `body` is called once to be recorded (on an eager engine: at every run). It gets one tensor per input, state and
 * constant, by name, and returns its outputs and the state that changes; what it does not return of the state stays
 * as it is. It must not read values (`dataSync`), draw random numbers or depend on anything that varies between runs
 * other than its inputs.
 */
export interface Program {
  /** Who this is, for error messages: "real-nvp: training step". */
  readonly label: string;
  /** Fed with every run. With `repeat` the host feeds [repeat, ...shape], one slice per repetition. */
  readonly inputs?: Readonly<Record<string, Spec>>;
  /** Set by `set`, kept on the device between runs. Starts as zeros. */
  readonly state?: Readonly<Record<string, Spec>>;
  /** Built into the program, in its precision. */
  readonly constants?: Readonly<Record<string, Spec & { readonly values: NumericArray }>>;
  /** Run the body this many times per call, state going from one to the next; outputs come stacked [repeat, ...shape]. */
  readonly repeat?: number;
  readonly body: (tensors: Tensors) => { outputs: Tensors; state?: Tensors };
}

export type Precision = "float32" | "float64";

/** `auto` is `cpu`, or `wasm` (with a notice) where the native binding of ONNX Runtime does not load. */
export const ENGINES = ["auto", "cpu", "webgpu", "cuda", "wasm", "tfjs-cpu", "tensorflow"] as const;
export type EngineName = (typeof ENGINES)[number];

export interface EngineOptions {
  readonly engine?: EngineName;
  /** Threads inside one operation; 1 by default. */
  readonly threads?: number;
  /** float64 works on the engines `cpu` and `wasm`. */
  readonly precision?: Precision;
  /** Prefix of a file for ONNX Runtime's kernel profile, written when the program is disposed. */
  readonly profile?: string;
}

export interface Compiled {
  /** Replaces parts of the state. Throws on unknown names and wrong lengths. */
  set(state: Arrays): void;
  /** A copy of the state as it stands, or of the parts named. */
  get(names?: readonly string[]): Promise<Arrays>;
  /** Runs once (or `repeat` times) and gives the outputs. */
  run(inputs?: Arrays): Promise<Arrays>;
  dispose(): Promise<void>;
  readonly info: {
    /** The engine that runs: never `auto`. */
    readonly engine: Exclude<EngineName, "auto">;
    readonly precision: Precision;
    /** Nodes of the compiled graph; 0 on eager engines. */
    readonly nodes: number;
    readonly compileSeconds: number;
    /** What the user should know, such as a fallback that was taken. */
    readonly notice?: string;
  };
}
