import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoised } from "./memoised.ts";

/** Folders whose code shows numbers, starts runs or checks families, and computes no number of a run. */
const WITHOUT = new Set(["cli", "report", "contract", "store", "slurm", "config", "doctor"]);

/** Source or built files of a folder and those below, in a fixed order. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return WITHOUT.has(entry.name) ? [] : filesIn(path);
      return /(?<!\.d)\.(?:ts|js)$/.test(entry.name) ? [path] : [];
    });
}

/**
 * Hash of Flowmeter's own code that computes numbers, as it stands on the disk when it is first asked for: 12 digits. Source and
 * build differ.
 *
 * It stands in records and is no part of a configuration's hash: a changed comment would else part all runs of a configuration,
 * also in tables. A change that makes numbers incomparable raises RECORD_FORMAT; of any other change, who uses finished runs
 * again is told.
 */
export const sourceDigest: () => string = memoised(() => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const hash = createHash("sha256");
  for (const path of filesIn(root)) {
    hash.update(path.slice(root.length).replaceAll("\\", "/"));
    hash.update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 12);
});
