import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Jiti from "jiti";

/** `./my-flow.ts`, `../flows/planar`, `/somewhere/planar.ts`, `planar.ts`: a path, not the name of a package. */
const isPath = (spec: string): boolean =>
  /^\.{1,2}[\\/]/.test(spec) || isAbsolute(spec) || /\.[cm]?[jt]s$/.test(spec);

const EXTENSIONS = ["", ".ts", ".mts", ".js", ".mjs", ".cjs", "/index.ts", "/index.js"];

const fileAt = (path: string): string | undefined =>
  EXTENSIONS.map((extension) => path + extension).find(
    (candidate) => existsSync(candidate) && /\.[cm]?[jt]s$/.test(candidate),
  );

/** The entry of a package that is installed in this folder or one above it. */
function packageEntry(name: string, folder: string): string | undefined {
  const parent = join(folder, "_.js");
  // Loaded here, since only few configurations name a package.
  const { createJiti } = createRequire(import.meta.url)("jiti") as typeof Jiti;
  const jiti = createJiti(parent, { fsCache: false });
  // A package may have an entry for `import` only, or one for `require` only.
  const asModule = jiti.esmResolve(name, { parentURL: pathToFileURL(parent), try: true });
  if (asModule !== undefined && asModule !== "") return asModule;
  try {
    return createRequire(parent).resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * The file that a plugin's name stands for.
 *
 * @param spec a path, or the name of a package
 * @param folders where relative paths start, and packages are looked up; the first that has it counts
 */
export function resolvePlugin(spec: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    const found = isPath(spec) ? fileAt(resolve(folder, spec)) : packageEntry(spec, folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A path as configurations keep it: relative to the working directory, with slashes. */
function fromHere(path: string): string {
  const near = relative(process.cwd(), path).split(sep).join("/");
  return isAbsolute(near) || near.startsWith("../") ? near : `./${near}`;
}

/**
 * The value of the key `plugins` as it stands in the file of this folder, for the working directory: relative paths are
 * rewritten, so that workers and later commands find them; an absolute path and the name of a package stay. A single
 * text stands for a list of one. What is no list of texts is left to the check of the configuration.
 */
export function rebasePlugins(value: unknown, folder: string): unknown {
  if (typeof value === "string") return rebasePlugins([value], folder);
  if (!Array.isArray(value)) return value;
  return value.map((spec: unknown) => {
    if (typeof spec !== "string" || isAbsolute(spec)) return spec;
    if (isPath(spec)) return fromHere(resolve(folder, spec));
    if (packageEntry(spec, process.cwd()) !== undefined) return spec;
    const entry = packageEntry(spec, folder);
    return entry === undefined ? spec : fromHere(entry);
  });
}
