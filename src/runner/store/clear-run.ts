import { rmSync } from "node:fs";
import { join } from "node:path";
import { FILES, readResult } from "./run-folder.ts";

/** Results of an earlier, unsuccessful or disowned, try. `done` is never removed without force. */
export function clearRun(folder: string, force: boolean): void {
  const status = readResult(folder)?.status;
  if (status === undefined && !force) return;
  const stale: string[] = [FILES.result, FILES.model, FILES.preprocessing];
  stale.push(FILES.arrays, FILES.figures);
  // What diverged would do so again from its checkpoint; what failed may have failed for an outer reason.
  if (force || status === "diverged") stale.push(FILES.checkpoint);
  for (const name of stale) rmSync(join(folder, name), { recursive: true, force: true });
}
