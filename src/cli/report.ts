import { basename, join, resolve } from "node:path";
import type { CommandModule } from "yargs";
import type { PageFigure } from "../report/page/page.ts";
import type { FoundRecords } from "../report/read-records.ts";
import { isUserError } from "../runner/user-error.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./output.ts";
import type { KindName } from "./plot/kind-names.ts";
import { withRecords, type RecordArguments } from "./record-arguments.ts";

interface ReportArguments extends RecordArguments {
  readonly out: string | undefined;
  readonly title: string | undefined;
}

/** Lines of a log that say why a run failed, mostly. */
const LOG_LINES = 20;

/** What each kind of figure is called on the page. */
const CAPTIONS: Readonly<Record<KindName, string>> = {
  metric: "Negative log-likelihood against seconds of training",
  "kl-decay": "KL divergence from the standard normal after each layer",
  ratio: "KL after each layer by that before it",
  learning: "Learning curves",
  samples: "Samples beside the data",
  density: "Density of the model beside that of the data",
  stages: "Test rows on their way through the layers",
};
const ORDER: readonly KindName[] = [
  "metric",
  "samples",
  "density",
  "kl-decay",
  "ratio",
  "stages",
  "learning",
];

/** Every figure that the records allow; of the others nothing is said, as plot does that. */
async function figuresOf(found: FoundRecords): Promise<readonly PageFigure[]> {
  const [{ kinds }, { usualAxes }, { NothingToDraw }] = await Promise.all([
    import("./plot/kinds.ts"),
    import("../report/axes.ts"),
    import("../report/figure/figure.ts"),
  ]);
  const { rows, cols } = usualAxes(found.records);
  const families = [...new Set(found.records.map(({ family }) => family))].join(", ");
  const figures: PageFigure[] = [];
  for (const kind of ORDER) {
    const wish = { rows, panels: cols, x: "seconds", metric: undefined };
    const title = CAPTIONS[kind];
    try {
      const svg = await kinds[kind](found, wish);
      figures.push({ title, svg, alt: `${title}, of ${families}.` });
    } catch (error) {
      if (!(error instanceof NothingToDraw || isUserError(error))) throw error;
    }
  }
  return figures;
}

/** What was typed for the sweeps in these folders. */
async function commandsOf(dirs: readonly string[]): Promise<readonly string[]> {
  const { isSweepFolder, readSweep } = await import("../runner/store/sweep-folder.ts");
  return dirs.filter(isSweepFolder).map((dir) => {
    const { argv } = readSweep(dir).spec;
    return `flowmeter ${Array.isArray(argv) ? argv.join(" ") : ""}`;
  });
}

async function write(found: FoundRecords, { dirs, out, title }: ReportArguments): Promise<string> {
  const [{ page }, { rowValuesIn }, { logTail }, { writeOut }] = await Promise.all([
    import("../report/page/page.ts"),
    import("../report/row-values.ts"),
    import("../runner/store/log-tail.ts"),
    import("./write-out.ts"),
  ]);
  const { records, folders, unfinished } = found;
  const lost = records.flatMap((record, i) => {
    const folder = folders[i] ?? "";
    return record.status === "done"
      ? []
      : [{ record, folder, logTail: logTail(folder, LOG_LINES) }];
  });
  const first = dirs[0] ?? ".";
  const text = page({
    title: title ?? basename(resolve(first)),
    ...{ records, lost, unfinished: unfinished.length, read: rowValuesIn(records, folders) },
    figures: await figuresOf(found),
    sweeps: await commandsOf(dirs),
  });
  const path = out ?? join(first, "derived", "report.html");
  writeOut(path, text);
  return path;
}

export const reportCommand: CommandModule<unknown, ReportArguments> = {
  command: "report <dirs..>",
  describe: "Write one page of HTML with tables, figures, all runs and failures",
  builder: (args) =>
    withRecords(args)
      .option("out", { type: "string", describe: "the file (default DIR/derived/report.html)" })
      .option("title", { type: "string", describe: "of the page (default the folder's name)" }),
  async handler(args) {
    const { wantedRecords } = await import("./wanted-records.ts");
    const found = wantedRecords(args.dirs, args.where);
    if (found === undefined) process.exitCode = EXIT.nothing;
    else print(await write(found, args));
  },
};
