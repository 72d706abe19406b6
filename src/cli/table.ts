import type { CommandModule } from "yargs";
import { FORMATS, formatNames, formatOfFile, type TableFormat } from "../report/format-table.ts";
import type { FoundRecords } from "../report/read-records.ts";
import { UserError } from "../runner/user-error.ts";
import { EXIT } from "./exit-codes.ts";
import { note, print } from "./output.ts";
import { withRecords, type RecordArguments } from "./record-arguments.ts";

interface TableArguments extends RecordArguments {
  readonly rows: string;
  readonly cols: string;
  readonly metric: string | undefined;
  readonly "min-seeds": number;
  readonly digits: number | undefined;
  readonly format: TableFormat | undefined;
  readonly out: string | undefined;
}

/** Refuses numbers that are none of these. */
function checkCount(option: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new UserError(
      `${option} ${value}: expected a whole number from ${least} to ${most}, as in ${option} ${least + 1}.`,
    );
}

/**
 * The format that was asked for, by its name or by that of the file; Markdown where neither was.
 *
 * @param terminal whether stdout is one, for which bytes are not
 */
export function chosenFormat(
  { format, out }: Pick<TableArguments, "format" | "out">,
  terminal: boolean,
): TableFormat {
  const chosen = format ?? (out === undefined ? "md" : formatOfFile(out));
  if (chosen === undefined)
    throw new UserError(
      `--out ${out ?? ""}: expected a name that ends in one of ${formatNames.map((name) => `.${FORMATS[name].extension}`).join(", ")}, or --format beside it.`,
    );
  const { binary, extension } = FORMATS[chosen];
  if (binary && out === undefined && terminal)
    throw new UserError(
      `--format ${chosen} is not for a terminal; give --out FILE.${extension}, or send it to a file or program.`,
    );
  return chosen;
}

/** Those of the records that are wanted, checked to know the axes; nothing where there are none. */
async function comparedRecords({
  dirs,
  where,
  rows,
  cols,
}: TableArguments): Promise<FoundRecords | undefined> {
  const [{ wantedRecords }, { assertAxes }] = await Promise.all([
    import("./wanted-records.ts"),
    import("./table-where.ts"),
  ]);
  const found = wantedRecords(dirs, where);
  for (const [option, axis] of [
    ["--rows", rows],
    ["--cols", cols],
  ] as const)
    if (found && axis !== "layer") assertAxes(option, [axis], found.records);
  return found;
}

/** Writes to a file, all of it or nothing, or to stdout. */
async function deliver(table: string | Uint8Array, out: string | undefined): Promise<void> {
  if (out === undefined) {
    if (typeof table === "string") print(table);
    else process.stdout.write(table);
    return;
  }
  const { writeOut } = await import("./write-out.ts");
  writeOut(out, table);
  note(`The table is in ${out}`);
}

async function showTable(args: TableArguments): Promise<void> {
  const { rows, cols, metric: wanted, "min-seeds": minSeeds, digits, out } = args;
  const format = chosenFormat(args, process.stdout.isTTY);
  checkCount("--min-seeds", minSeeds, 1, 1e6);
  if (digits !== undefined) checkCount("--digits", digits, 1, 10);
  const found = await comparedRecords(args);
  if (found === undefined) {
    process.exitCode = EXIT.nothing;
    return;
  }
  const ofLayers = rows === "layer" || cols === "layer";
  const metric = wanted ?? (ofLayers ? "kl" : "test_nll");
  const [{ makeTable }, { formatTable }, { whyNoMetric }, { rowValuesIn }] = await Promise.all([
    import("../report/table.ts"),
    import("../report/format-table.ts"),
    import("./known-metric.ts"),
    import("../report/row-values.ts"),
  ]);
  const { records, folders } = found;
  const lacking = whyNoMetric(records, metric, ofLayers);
  if (lacking !== undefined) {
    note(lacking);
    process.exitCode = EXIT.nothing;
    return;
  }
  const read = rowValuesIn(records, folders);
  const table = makeTable(records, { rows, cols, metric, minSeeds, read });
  for (const text of table.notes) note(text);
  await deliver(await formatTable(table, format, digits === undefined ? {} : { digits }), out);
}

export const tableCommand: CommandModule<unknown, TableArguments> = {
  command: "table <dirs..>",
  describe: "Compare runs and sweeps in a table",
  builder: (args) =>
    withRecords(args)
      .option("rows", { type: "string", default: "family", describe: "family, dataset or any key" })
      .option("cols", { type: "string", default: "dataset", describe: "the same, or layer" })
      .option("metric", {
        type: "string",
        describe: "what is compared; without it test_nll, of layers kl",
      })
      .option("min-seeds", {
        ...{ type: "number", default: 1 },
        describe: "leave out numbers of fewer seeds",
      })
      .option("digits", {
        type: "number",
        describe: "significant digits of standard errors; without it two",
      })
      .option("format", { choices: formatNames, describe: "without it as --out ends, or md" })
      .option("out", { type: "string", describe: "FILE instead of stdout" })
      .example("$0 table runs/toy-2d-1234abcd --rows family --cols dataset --metric test_nll", "")
      .example("$0 table runs/ --where data.dim=8 --min-seeds 3 --out table.tex", ""),
  handler: showTable,
};
