import { compiledExecutable } from "./compiled.ts";
import { eagerExecutable, type Executable } from "./eager.ts";
import { EngineError } from "./engine-error.ts";
import type { Arrays, Compiled, EngineName, EngineOptions, Program, Spec } from "./program.ts";
import { loadRuntime } from "./runtime.ts";
import { loadTensorFlow } from "./tensorflow.ts";

/**
 * Makes a program ready to run on an engine.
 *
 * @throws EngineError where the engine cannot be had here; Error naming the program where it cannot be compiled
 */
export async function compile(program: Program, options: EngineOptions = {}): Promise<Compiled> {
  const started = performance.now();
  const { engine: asked = "auto", precision = "float32" } = options;
  if (precision === "float64" && !["auto", "cpu", "wasm"].includes(asked))
    throw new EngineError(
      `engine=${asked} computes in float32 only; for precision float64 use engine=cpu.`,
    );
  const { executable, engine, notice } = await makeExecutable(program, asked, options);
  const inputs = program.inputs ?? {};
  let running = false;
  return {
    set(state) {
      checkLengths(program.label, state, program.state ?? {}, "state");
      executable.set(state);
    },
    get: (names = Object.keys(program.state ?? {})) => executable.get(names),
    run(feeds = {}) {
      checkLengths(program.label, feeds, inputs, "input", program.repeat);
      for (const name of Object.keys(inputs))
        if (feeds[name] === undefined)
          throw new Error(`${program.label}: input "${name}" is missing.`);
      // Two runs at once would write the same state.
      if (running) throw new Error(`${program.label}: a run is under way; await it first.`);
      running = true;
      return executable.run(feeds).finally(() => (running = false));
    },
    dispose: () => executable.dispose(),
    info: {
      engine,
      precision,
      nodes: executable.nodes,
      compileSeconds: (performance.now() - started) / 1000,
      ...(notice === undefined ? {} : { notice }),
    },
  };
}

async function makeExecutable(
  program: Program,
  asked: EngineName,
  options: EngineOptions,
): Promise<{ executable: Executable; engine: Exclude<EngineName, "auto">; notice?: string }> {
  if (asked === "tfjs-cpu") return { executable: eagerExecutable(program, "cpu"), engine: asked };
  if (asked === "tensorflow") {
    await loadTensorFlow();
    return { executable: eagerExecutable(program, "tensorflow"), engine: asked };
  }
  const { runtime, engine, notice } = await loadRuntime(asked);
  const executable = await compiledExecutable(program, runtime, engine, options);
  return { executable, engine, ...(notice === undefined ? {} : { notice }) };
}

function checkLengths(
  label: string,
  given: Arrays,
  specs: Readonly<Record<string, Spec>>,
  what: string,
  times?: number,
): void {
  for (const [name, values] of Object.entries(given)) {
    const spec = specs[name];
    if (spec === undefined)
      throw new Error(
        `${label}: no ${what} is named "${name}"; there are: ${Object.keys(specs).join(", ")}.`,
      );
    const shape = times === undefined ? spec.shape : [times, ...spec.shape];
    const expected = shape.reduce((product, d) => product * d, 1);
    if (values.length !== expected)
      throw new Error(
        `${label}: ${what} "${name}" of shape [${shape.join(", ")}] needs ${expected} values, got ${values.length}. Shapes are fixed when a program is compiled; compile another for another shape.`,
      );
  }
}
