import { join } from "node:path";
import type { RunRecord } from "../record.ts";
import { failedRecord } from "./make-record.ts";
import { startStopwatch } from "./stopwatch.ts";
import { writeJson } from "./store/atomic-write.ts";
import { countAttempts } from "./store/attempts.ts";
import { FILES, lookAt, type StoredRun } from "./store/run-folder.ts";

/**
 * Makes the record of a run that failed and writes it, unless the run is done: another process may have come to its end in the
 * meantime, and a try with force may not have got as far as to replace what stood there.
 */
export function keepFailure(
  folder: string,
  run: Pick<StoredRun, "config" | "configHash">,
  reason: string,
  watch = startStopwatch(),
): RunRecord {
  const record = failedRecord(run, reason, watch, countAttempts(folder));
  if (lookAt(folder).state !== "done") writeJson(join(folder, FILES.result), record);
  return record;
}
