import { readRecords, type FoundRecords } from "../report/read-records.ts";
import { DamagedFile } from "../run-files.ts";
import { StoreError } from "../runner/user-error.ts";
import { noRecords } from "./no-records.ts";
import { note } from "./output.ts";
import { assertAxes, meets, parseConditions } from "./table-where.ts";

/** Reads the records. Throws StoreError where one is damaged, with the cure. */
export function readSound(dirs: readonly string[]): FoundRecords {
  try {
    return readRecords(dirs);
  } catch (error) {
    if (error instanceof DamagedFile) throw new StoreError(error.message, { cause: error });
    throw error;
  }
}

/**
 * The records in these folders that meet every `key=value`, with a note on runs without a result; after a message nothing, where
 * there are none.
 *
 * @throws StoreError for a damaged record; UserError, UnknownName for conditions that cannot be read or whose key no run has
 */
export function wantedRecords(
  dirs: readonly string[],
  where: readonly string[],
): FoundRecords | undefined {
  const conditions = parseConditions(where);
  const { records, folders, unfinished } = readSound(dirs);
  if (unfinished.length > 0) note(`${unfinished.length} runs have no result yet.`);
  if (records.length === 0) {
    note(noRecords(dirs));
    return undefined;
  }
  assertAxes(
    "--where",
    conditions.map(({ key }) => key),
    records,
  );
  const kept = records.map((record) => meets(record, conditions));
  const isKept = (_: unknown, i: number): boolean => kept[i] === true;
  const found = { records: records.filter(isKept), folders: folders.filter(isKept), unfinished };
  if (found.records.length > 0) return found;
  note(
    `None of ${records.length} runs is one ${where.map((text) => `--where ${text}`).join(" ")}.`,
  );
  return undefined;
}
