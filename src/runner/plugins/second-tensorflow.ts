import { createRequire } from "node:module";

const { cache, resolve } = createRequire(import.meta.url);

const CORE = /^.*[\\/]@tensorflow[\\/]tfjs-core[\\/]/;

/** Folder of the copy of TensorFlow.js's core that a file belongs to, if it belongs to one. */
const copyOf = (path: string): string | undefined => CORE.exec(path)?.[0];

/** The files loaded so far of copies of TensorFlow.js's core other than the engine's. */
function foreignFiles(): readonly string[] {
  const own = createRequire(resolve("@tensorflow/tfjs")).resolve("@tensorflow/tfjs-core");
  return Object.keys(cache).filter((path) => ![undefined, copyOf(own)].includes(copyOf(path)));
}

/**
 * Watches for a second copy of TensorFlow.js: its operations would run beside the recorder, so that a compiled step
 * would lack them.
 *
 * @returns a function that gives the folder of a copy that has been loaded since, if there is one, and forgets it, so
 *   that the next one who loads it is found as well
 */
export function watchTensorFlow(): () => string | undefined {
  const before = new Set(foreignFiles());
  return () => {
    const added = foreignFiles().filter((path) => !before.has(path));
    for (const path of added) Reflect.deleteProperty(cache, path);
    return added[0] === undefined ? undefined : copyOf(added[0]);
  };
}
