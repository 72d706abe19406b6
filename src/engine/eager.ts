import { tf, type Tensor, type Tensors } from "./tf.ts";
import type { Arrays, NumericArray, Program, Spec } from "./program.ts";

/** What runs a program: the state goes in and comes out, so that every engine can keep it where it likes. */
export interface Executable {
  set(state: Arrays): void;
  get(names: readonly string[]): Promise<Arrays>;
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
  const fixed = onBackend(() => mapValues(constants, (c) => toTensor(c.values, c)));
  let state: Tensors = onBackend(() =>
    mapValues(stateSpecs, (s) => tf.zeros([...s.shape], tfType(s))),
  );
  const replace = (next: Tensors): void => {
    for (const [name, tensor] of Object.entries(next)) {
      state[name]?.dispose();
      state[name] = tensor;
    }
  };
  const once = (feeds: Arrays): Arrays => {
    const result = tf.tidy(() => {
      const fed = mapValues(inputs, (spec, name) => toTensor(feeds[name] as NumericArray, spec));
      const { outputs, state: next = {} } = program.body({ ...fed, ...state, ...fixed });
      // A handle of its own for each: the body may hand back one of its inputs.
      return {
        outputs: mapValues(outputs, (t) => t.clone()),
        state: mapValues(next, (t) => t.clone()),
      };
    });
    replace(result.state);
    const values = mapValues(result.outputs, read);
    tf.dispose(result.outputs);
    return values;
  };
  return {
    nodes: 0,
    set: (values) => {
      onBackend(() => {
        replace(mapValues(values, (array, name) => toTensor(array, stateSpecs[name] as Spec)));
      });
    },
    get: (names) => {
      const parts = names.map((name) => [name, read(state[name] as Tensor).slice()] as const);
      return Promise.resolve(Object.fromEntries(parts));
    },
    run: (feeds) =>
      Promise.resolve(
        onBackend(() => {
          if (repeat === undefined) return once(feeds);
          return stack(
            Array.from({ length: repeat }, (_, step) => once(sliceOf(feeds, inputs, step))),
          );
        }),
      ),
    dispose: () => {
      tf.dispose([fixed, state]);
      state = {};
      return Promise.resolve();
    },
  };
}

const read = (tensor: Tensor): NumericArray => tensor.dataSync();

const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A, name: string) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));

/** What repetition `step` is fed with. */
const sliceOf = (feeds: Arrays, inputs: Readonly<Record<string, Spec>>, step: number): Arrays =>
  mapValues(inputs, ({ shape }, name) =>
    (feeds[name] as NumericArray).subarray(step * size(shape), (step + 1) * size(shape)),
  );

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
