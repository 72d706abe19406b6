import type { CommandModule } from "yargs";
import { note } from "./output.ts";

interface SampleArguments {
  readonly run: string;
  readonly n: number;
  readonly seed: number;
  readonly temperature: number;
  readonly context: string | undefined;
  readonly out: string;
}

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
      .option("out", { type: "string", demandOption: true, describe: "FILE.npy or FILE.csv" })
      .example("$0 sample RUN --n 1000 --seed 1 --out samples.npy", ""),
  async handler({ run, n, seed, temperature, context: contextFile, out }) {
    const [{ load }, { readContext }, { writeRows }] = await Promise.all([
      import("../runner/flow.ts"),
      import("./read-context.ts"),
      import("./rows-file.ts"),
    ]);
    const flow = await load(run);
    const context =
      contextFile === undefined ? {} : { context: await readContext(contextFile, flow.condition) };
    writeRows(out, await flow.sample(n, { seed, temperature, ...context }), flow.columns);
    note(`${n} rows in ${out}`);
  },
};
