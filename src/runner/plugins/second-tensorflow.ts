import { createRequire } from "node:module";

const { cache, resolve } = createRequire(import.meta.url);

const CORE = /^.*[\\/]@tensorflow[\\/]tfjs-core[\\/]/;

/** Folder of the copy of TensorFlow.js's core that a file belongs to, if it belongs to one. */
const copyOf = (path: string): string | undefined => CORE.exec(path)?.[0];

/**
 * Watches for a second copy of TensorFlow.js: its operations would run beside the recorder, so that a compiled step
 * would lack them.
 *
 * @returns a function that gives the folder of a copy that has been loaded since, if there is one. All that has been
 *   loaded since is then forgotten, so that another plugin that uses it is found as well
 */
export function watchTensorFlow(): () => string | undefined {
  const own = copyOf(createRequire(resolve("@tensorflow/tfjs")).resolve("@tensorflow/tfjs-core"));
  const before = new Set(Object.keys(cache));
  return () => {
    const added = Object.keys(cache).filter((path) => !before.has(path));
    const foreign = added.map(copyOf).find((copy) => copy !== undefined && copy !== own);
    if (foreign !== undefined) for (const path of added) Reflect.deleteProperty(cache, path);
    return foreign;
  };
}
