import { compareEntries, whyIncomparable } from "../report/compare/compare-entries.ts";
import { pairEntries, type Pairing } from "../report/compare/pair-entries.ts";
import { distinctRuns } from "../report/distinct-runs.ts";
import { rowValuesIn } from "../report/row-values.ts";
import { encodeNumbers, type RunRecord } from "../record.ts";
import { locate, reading } from "../runner/store/locate.ts";
import { originReader } from "../runner/store/origins.ts";
import { UserError } from "../runner/user-error.ts";
import type { CompareArguments } from "./compare.ts";
import { comparisonText } from "./comparison-text.ts";
import { EXIT } from "./exit-codes.ts";
import { noRecords } from "./no-records.ts";
import { note, print } from "./output.ts";
import { readSound } from "./wanted-records.ts";

/** The records of one side, or undefined, with the reason told, where there is none. */
function readSide(dir: string, name: string) {
  locate(dir);
  const found = reading(dir, () => readSound([dir]));
  if (found.unfinished.length > 0)
    note(`${name}: ${found.unfinished.length} runs have no result yet.`);
  const { runs, notes } = distinctRuns(found.records);
  for (const text of notes) note(`${name}: ${text}`);
  return { ...found, runs };
}

/** Throws UserError for the first pair that may not be compared. */
function refuseIncomparable({ pairs }: Pairing): void {
  for (const { a, b, label } of pairs) {
    const reason = whyIncomparable(a, b);
    if (reason !== null)
      throw new UserError(
        `A and B${label === "" ? "" : ` (${label})`} are not comparable: ${reason}. Give runs on the same data, or --force to see them side by side without tests.`,
      );
  }
}

const tellUnpaired = (name: string, other: string, labels: readonly string[]): void => {
  if (labels.length > 0)
    note(`only in ${name}, without a counterpart in ${other}: ${labels.join("; ")}`);
};

/** Compares two folders, prints the differences and sets the exit code. */
export function compare({ a, b, force, json }: CompareArguments): void {
  const [left, right] = [readSide(a, "A"), readSide(b, "B")];
  const empty = [...(left.runs.length === 0 ? [a] : []), ...(right.runs.length === 0 ? [b] : [])];
  if (empty.length > 0) {
    note(noRecords(empty));
    process.exitCode = EXIT.nothing;
    return;
  }
  const pairing = pairEntries(left.runs, right.runs);
  tellUnpaired("A", "B", pairing.onlyA);
  tellUnpaired("B", "A", pairing.onlyB);
  if (pairing.pairs.length === 0) {
    note(
      "No configuration of A has a counterpart in B; to compare two of them give the folders of runs.",
    );
    process.exitCode = EXIT.nothing;
    return;
  }
  if (!force) refuseIncomparable(pairing);
  const records = [...left.records, ...right.records];
  const folders = [...left.folders, ...right.folders];
  const folderOf = new Map<RunRecord, string>(records.map((r, i) => [r, folders[i] ?? ""]));
  const readOrigin = originReader();
  const given = {
    read: rowValuesIn(records, folders),
    origin: (record: RunRecord, key: string) => readOrigin(folderOf.get(record) ?? "", key),
  };
  const found = pairing.pairs.map((pair) => compareEntries(pair, given));
  if (json) for (const one of found) print(JSON.stringify(encodeNumbers({ a, b, ...one })));
  else print(comparisonText(found, [a, b]));
}
