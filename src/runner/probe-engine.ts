import { compile, tf, type Compiled, type EngineOptions, type Tensor } from "../engine/index.ts";

const known = new Map<string, Promise<Compiled["info"]>>();

/**
 * What an engine is on this machine, found out by compiling next to nothing, once in a process.
 *
 * @throws EngineError where it cannot be had, before any work is done
 */
export function probeEngine(options: EngineOptions): Promise<Compiled["info"]> {
  const key = JSON.stringify(Object.entries(options).sort());
  const found = known.get(key) ?? probe(options);
  known.set(key, found);
  return found;
}

async function probe(options: EngineOptions): Promise<Compiled["info"]> {
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
