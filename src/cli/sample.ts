import type { CommandModule } from "yargs";
import type { Rows } from "../math/rows.ts";
import type { Flow } from "../runner/flow.ts";
import { UserError } from "../runner/user-error.ts";
import { count } from "./configuration.ts";
import { note } from "./output.ts";

interface SampleArguments {
  readonly run: string;
  readonly n: number;
  readonly seed: number;
  readonly temperature: number;
  readonly context: string | undefined;
  readonly out: string;
}

/** What fits into memory with some columns; more are drawn with several seeds. */
const MOST_ROWS = 1e8;

export const sampleCommand: CommandModule<unknown, SampleArguments> = {
  command: "sample <run>",
  describe: "Draw rows from a trained flow, in the units of its data",
  builder: (args) =>
    args
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .option("n", { type: "number", default: 1000, describe: "rows" })
      .option("seed", { type: "number", default: 0, describe: "same seed, same rows" })
      .option("temperature", { type: "number", default: 1, describe: "scale of the base" })
      .option("context", {
        type: "string",
        describe: "file with the condition of each row, or one for all (conditional flows)",
      })
      .option("out", {
        type: "string",
        demandOption: true,
        describe: "FILE.npy or FILE.csv; FILE.png for images",
      })
      .example("$0 sample RUN --n 1000 --seed 1 --out samples.npy", ""),
  async handler({ run, n, seed, temperature, context: contextFile, out }) {
    count("n", n, 1, MOST_ROWS);
    count("seed", seed, 0);
    const [{ load }, { readContext }, { writeRows }] = await Promise.all([
      import("../runner/flow.ts"),
      import("./read-context.ts"),
      import("./rows-file.ts"),
    ]);
    const flow = await load(run);
    const context =
      contextFile === undefined ? {} : { context: await readContext(contextFile, flow.condition) };
    const rows = await flow.sample(n, { seed, temperature, ...context });
    if (out.endsWith(".png")) await drawRows(out, rows, flow);
    else writeRows(out, rows, flow.columns);
    note(`${n} rows in ${out}`);
  },
};

/** Images in a grid that is about as wide as it is high. */
async function drawRows(out: string, rows: Rows, { image, levels, columns }: Flow): Promise<void> {
  if (image === undefined)
    throw new UserError(
      `--out ${out}: expected a run on images for .png, its rows are a table of ${columns.length} columns; write .npy or .csv.`,
    );
  const { writeGrid } = await import("./image-grid.ts");
  const across = Math.ceil(Math.sqrt(rows.count));
  writeGrid(out, rows, { image, columns: across, ...(levels !== undefined && { levels }) });
}
