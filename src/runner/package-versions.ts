import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Version of a package as installed; undefined where it is not. */
export function packageVersion(name: string): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  // Not by resolving package.json: packages with `exports` hide it.
  const found = (resolve.paths(name) ?? [])
    .map((folder) => join(folder, name, "package.json"))
    .find((path) => existsSync(path));
  return found === undefined
    ? undefined
    : (JSON.parse(readFileSync(found, "utf8")) as { version: string }).version;
}
