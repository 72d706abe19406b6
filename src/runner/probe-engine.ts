import { compile, tf, type Compiled, type EngineOptions, type Tensor } from "../engine/index.ts";

/**
 * What an engine is on this machine, found out by compiling next to nothing.
 *
 * @throws EngineError where it cannot be had, before any work is done
 */
export async function probeEngine(options: EngineOptions): Promise<Compiled["info"]> {
  const compiled = await compile(
    {
      label: "engine check",
      inputs: { x: { shape: [1] } },
      body: ({ x }) => ({ outputs: { y: tf.add(x as Tensor, 1) } }),
    },
    options,
  );
  await compiled.dispose();
  return compiled.info;
}
