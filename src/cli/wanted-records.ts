import { existsSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { didYouMean } from "../registry.ts";
import { readRecords, type FoundRecords } from "../report/read-records.ts";
import { UnusableFile } from "../run-files.ts";
import { isFolder } from "../runner/store/make-folder.ts";
import { StoreError, UserError } from "../runner/user-error.ts";
import { noRecords } from "./no-records.ts";
import { note } from "./output.ts";
import { assertAxes, meets, parseConditions } from "./table-where.ts";

/** Reads the records. Throws StoreError where one is damaged, with the cure. */
export function readSound(dirs: readonly string[]): FoundRecords {
  try {
    return readRecords(dirs);
  } catch (error) {
    if (error instanceof UnusableFile) throw new StoreError(error.message, { cause: error });
    throw error;
  }
}

/** Throws UserError for a folder that is not there. One that holds no records is no mistake. */
function assertThere(dirs: readonly string[]): void {
  const missing = dirs.find((dir) => !existsSync(dir));
  if (missing === undefined) return;
  const parent = dirname(missing);
  const beside = isFolder(parent) ? readdirSync(parent) : [];
  throw new UserError(
    `${missing} does not exist; give the folders of runs or sweeps, such as runs/.${didYouMean(basename(missing), beside)}`,
  );
}

/**
 * The records in these folders that meet every `key=value`, with a note on runs without a result; after a message nothing, where
 * there are none.
 *
 * @throws StoreError for a damaged record or list of runs; UserError, UnknownName for a folder that is not there, and for conditions that cannot be read or whose key no run has
 */
export function wantedRecords(
  dirs: readonly string[],
  where: readonly string[],
): FoundRecords | undefined {
  const conditions = parseConditions(where);
  assertThere(dirs);
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
