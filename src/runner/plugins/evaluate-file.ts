import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { createJiti } from "jiti";
import { runningModules } from "./running-modules.ts";

export interface Evaluated {
  /** What the file exports. */
  readonly module: unknown;
  /** Hash of the file and of those it imports beside it. */
  readonly digest: string;
}

/** Up to the folder of an installed package. */
const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+[\\/]/;
const INSTALLED = /(?:^|[\\/])node_modules[\\/]/;

/** Whether a file belongs to the plugin of this entry: to its package, or, for a file outside of packages, to none. */
function belongsTo(entry: string): (file: string) => boolean {
  const [root = ""] = PACKAGE.exec(entry) ?? [];
  return (file) => file.startsWith(root) && !INSTALLED.test(file.slice(root.length));
}

/** Hash of files by their place beside the first of them. */
function digestOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  const folder = dirname(files[0] ?? "");
  for (const path of [...new Set(files)].sort())
    hash.update(`${relative(folder, path)}\n`).update(existsSync(path) ? readFileSync(path) : "");
  return hash.digest("hex").slice(0, 16);
}

/**
 * Evaluates a TypeScript or JavaScript file and what it imports. What it imports of Flowmeter and of TensorFlow.js is
 * what runs here, wherever the file lies. A file that was edited since it was last evaluated is read again.
 *
 * @throws what the file throws
 */
export async function evaluateFile(path: string): Promise<Evaluated> {
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    virtualModules: await runningModules(),
  });
  // Not `jiti.import`: that gives JavaScript modules to Node, which knows nothing of the modules that run here.
  const load: (file: string) => unknown = jiti;
  const before = new Set(Object.keys(jiti.cache));
  const isOwn = belongsTo(path);
  const own = (): string[] =>
    Object.keys(jiti.cache).filter((file) => !before.has(file) && isOwn(file));
  try {
    const module = load(path);
    return { module, digest: digestOf([path, ...own()]) };
  } finally {
    for (const file of own()) Reflect.deleteProperty(jiti.cache, file);
  }
}
