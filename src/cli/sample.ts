import type { CommandModule } from "yargs";
import { note } from "./output.ts";

interface SampleArguments {
  readonly run: string;
  readonly n: number;
  readonly seed: number;
  readonly temperature: number;
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
      .option("out", { type: "string", demandOption: true, describe: "FILE.npy or FILE.csv" })
      .example("$0 sample RUN --n 1000 --seed 1 --out samples.npy", ""),
  async handler({ run, n, seed, temperature, out }) {
    const [{ load }, { writeRows }] = await Promise.all([
      import("../runner/flow.ts"),
      import("./rows-file.ts"),
    ]);
    const flow = await load(run);
    writeRows(out, await flow.sample(n, { seed, temperature }), flow.columns);
    note(`${n} rows in ${out}`);
  },
};
