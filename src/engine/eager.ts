import { tf, type Tensor, type Tensors } from "./tf.ts";
import type { Arrays, NumericArray, Program, Spec } from "./program.ts";

/** What runs a program: the state goes in and comes out, so that every engine can keep it where it likes. */
export interface Executable {
  set(state: Arrays): void;
  get(): Promise<Arrays>;
  run(inputs: Arrays): Promise<Arrays>;
  dispose(): Promise<void>;
  readonly nodes: number;
}

const tfType = ({ dtype = "real" }: Spec) => (dtype === "real" ? "float32" : dtype);
const size = (shape: readonly number[]): number => shape.reduce((product, d) => product * d, 1);

const toTensor = (values: NumericArray, spec: Spec): Tensor => {
  const type = tfType(spec);
  const typed =
    type === "float32"
      ? Float32Array.from(values)
      : type === "int32"
        ? Int32Array.from(values)
        : Uint8Array.from(values);
  return tf.tensor(typed, [...spec.shape], type);
};

/** Runs the body op by op on a TensorFlow.js backend ("cpu" or "tensorflow"). The reference for compiled engines. */
export function eagerExecutable(program: Program, backend: string): Executable {
  const { inputs = {}, state: stateSpecs = {}, constants = {}, repeat } = program;
  const onBackend = <T>(f: () => T): T => {
    void tf.setBackend(backend);
    return f();
  };
  const fixed = onBackend(() =>
    Object.fromEntries(Object.entries(constants).map(([k, c]) => [k, toTensor(c.values, c)])),
  );
  let state = onBackend(() =>
    Object.fromEntries(
      Object.entries(stateSpecs).map(([k, s]) => [k, tf.zeros([...s.shape], tfType(s))]),
    ),
  );
  const replace = (next: Tensors): void => {
    for (const [name, tensor] of Object.entries(next)) {
      state[name]?.dispose();
      state[name] = tensor;
    }
  };
  const once = (feeds: Arrays): Arrays => {
    const result = tf.tidy(() => {
      const fed = Object.fromEntries(
        Object.entries(inputs).map(([k, s]) => [k, toTensor(feeds[k] as NumericArray, s)]),
      );
      const { outputs, state: next = {} } = program.body({ ...fed, ...state, ...fixed });
      // A copy of each handle: the body may hand back one of its own inputs.
      const held = (tensors: Tensors): Tensors =>
        Object.fromEntries(Object.entries(tensors).map(([k, t]) => [k, t.clone()]));
      return { outputs: held(outputs), state: held(next) };
    });
    replace(result.state);
    const values = Object.fromEntries(
      Object.entries(result.outputs).map(([k, t]) => [k, t.dataSync() as NumericArray]),
    );
    tf.dispose(result.outputs);
    return values;
  };
  const slice = (feeds: Arrays, step: number): Arrays =>
    Object.fromEntries(
      Object.entries(inputs).map(([k, s]) => [
        k,
        (feeds[k] as NumericArray).subarray(step * size(s.shape), (step + 1) * size(s.shape)),
      ]),
    );
  return {
    nodes: 0,
    set: (values) => {
      onBackend(() => {
        replace(
          Object.fromEntries(
            Object.entries(values).map(([k, v]) => [k, toTensor(v, stateSpecs[k] as Spec)]),
          ),
        );
      });
    },
    get: () =>
      Promise.resolve(
        Object.fromEntries(
          Object.entries(state).map(([k, t]) => [k, t.dataSync() as NumericArray]),
        ),
      ),
    run: (feeds) =>
      Promise.resolve(
        onBackend(() => {
          if (repeat === undefined) return once(feeds);
          const results = Array.from({ length: repeat }, (_, step) => once(slice(feeds, step)));
          return stack(results);
        }),
      ),
    dispose: () => {
      tf.dispose([fixed, state]);
      state = {};
      return Promise.resolve();
    },
  };
}

/** Joins the outputs of the repetitions along a new first axis. */
function stack(results: readonly Arrays[]): Arrays {
  const [first = {}] = results;
  return Object.fromEntries(
    Object.entries(first).map(([name, sample]) => {
      const Type = sample.constructor as new (n: number) => NumericArray;
      const all = new Type(sample.length * results.length);
      results.forEach((r, i) => {
        all.set(r[name] as NumericArray, i * sample.length);
      });
      return [name, all];
    }),
  );
}
