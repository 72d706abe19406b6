import type { CommandModule } from "yargs";
import { formatNames, type TableFormat } from "../report/format-table.ts";
import { didYouMean } from "../registry.ts";
import { EXIT } from "./exit-codes.ts";
import { note, print } from "./output.ts";

interface TableArguments {
  readonly dirs: string[];
  readonly rows: string;
  readonly cols: string;
  readonly metric: string | undefined;
  readonly format: TableFormat;
}

export const tableCommand: CommandModule<unknown, TableArguments> = {
  command: "table <dirs..>",
  describe: "Compare runs and sweeps in a table",
  builder: (args) =>
    args
      .positional("dirs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "folders of runs and sweeps",
      })
      .option("rows", { type: "string", default: "family", describe: "family, dataset or any key" })
      .option("cols", { type: "string", default: "dataset", describe: "the same, or layer" })
      .option("metric", {
        type: "string",
        describe: "what is compared; without it test_nll, of layers kl",
      })
      .option("format", { choices: formatNames, default: "md" as const, describe: "of the text" })
      .example("$0 table runs/toy-2d-1234abcd --rows family --cols dataset --metric test_nll", ""),
  async handler({ dirs, rows, cols, metric: wanted, format }) {
    const ofLayers = rows === "layer" || cols === "layer";
    const metric = wanted ?? (ofLayers ? "kl" : "test_nll");
    const [{ readRecords }, { makeTable }, { formatTable }, { metricNames }, { rowValuesIn }] =
      await Promise.all([
        import("../report/read-records.ts"),
        import("../report/table.ts"),
        import("../report/format-table.ts"),
        import("../report/observation.ts"),
        import("../report/row-values.ts"),
      ]);
    const { records, folders, unfinished } = readRecords(dirs);
    if (unfinished.length > 0) note(`${unfinished.length} runs have no result yet.`);
    if (records.length === 0) {
      note(
        `There are no records in ${dirs.join(", ")}; give the folders of runs or sweeps that have ended, such as runs/ (what a folder holds: flowmeter status FOLDER).`,
      );
      process.exitCode = EXIT.nothing;
      return;
    }
    const metrics = metricNames(records, ofLayers);
    if (metrics.length > 0 && !metrics.includes(metric)) {
      note(
        `No run has a metric "${metric}".${didYouMean(metric, metrics)} Give --metric one of: ${metrics.join(", ")}.`,
      );
      process.exitCode = EXIT.nothing;
      return;
    }
    const table = makeTable(records, { rows, cols, metric, read: rowValuesIn(records, folders) });
    for (const text of table.notes) note(text);
    const text = await formatTable(table, format);
    if (typeof text === "string") print(text);
    else process.stdout.write(text);
  },
};
