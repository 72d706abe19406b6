import { eagerExecutable } from "./eager.ts";
import type { Arrays, Compiled, EngineOptions, Program, Spec } from "./program.ts";

/** Makes a program ready to run on an engine. */
export async function compile(program: Program, options: EngineOptions = {}): Promise<Compiled> {
  await Promise.resolve();
  const started = performance.now();
  const executable = eagerExecutable(program, "cpu");
  const check = (
    given: Arrays,
    specs: Readonly<Record<string, Spec>>,
    what: string,
    times = 1,
  ): void => {
    for (const [name, values] of Object.entries(given)) {
      const spec = specs[name];
      if (spec === undefined) throw new Error(`${program.label}: no ${what} is named "${name}".`);
      const expected = times * spec.shape.reduce((p, d) => p * d, 1);
      if (values.length !== expected)
        throw new Error(
          `${program.label}: ${what} "${name}" needs ${expected} values, got ${values.length}.`,
        );
    }
  };
  return {
    set(state) {
      check(state, program.state ?? {}, "state");
      executable.set(state);
    },
    get: () => executable.get(),
    run(inputs = {}) {
      check(inputs, program.inputs ?? {}, "input", program.repeat ?? 1);
      for (const name of Object.keys(program.inputs ?? {}))
        if (inputs[name] === undefined)
          throw new Error(`${program.label}: input "${name}" is missing.`);
      return executable.run(inputs);
    },
    dispose: () => executable.dispose(),
    info: {
      engine: "tfjs-cpu",
      precision: options.precision ?? "float32",
      nodes: 0,
      compileSeconds: (performance.now() - started) / 1000,
    },
  };
}
