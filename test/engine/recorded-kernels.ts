import { tf, type Program } from "../../src/engine/index.ts";

/** The TensorFlow.js kernels that a program calls, found by running it once on tfjs-cpu with the profiler's event list. */
export function recordedKernels({ inputs = {}, body }: Program): ReadonlySet<string> {
  void tf.setBackend("cpu");
  const { state } = tf.engine();
  const names = new Set<string>();
  const kernelsBefore = state.activeProfile;
  state.profiling = true;
  state.activeProfile = {
    newBytes: 0,
    newTensors: 0,
    peakBytes: 0,
    kernels: [],
    result: null,
  } as never;
  try {
    tf.tidy(() => {
      body(
        Object.fromEntries(
          Object.entries(inputs).map(([name, { shape }]) => [name, tf.ones([...shape])]),
        ),
      );
    });
    for (const { name } of state.activeProfile.kernels) names.add(name);
  } finally {
    state.profiling = false;
    state.activeProfile = kernelsBefore;
  }
  return names;
}
