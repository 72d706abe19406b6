import type { CommandModule } from "yargs";
import { makeRows } from "../math/rows.ts";
import { note } from "./output.ts";

interface LogprobArguments {
  readonly run: string;
  readonly file: string;
  readonly out: string;
}

export const logprobCommand: CommandModule<unknown, LogprobArguments> = {
  command: "logprob <run> <file>",
  describe: "log p of the rows of a file under a trained flow, nats, in the units of its data",
  builder: (args) =>
    args
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .positional("file", { type: "string", demandOption: true, describe: "rows, .npy or .csv" })
      .option("out", { type: "string", demandOption: true, describe: "FILE.npy or FILE.csv" }),
  async handler({ run, file, out }) {
    const [{ load }, { readRows, writeRows }] = await Promise.all([
      import("../runner/flow.ts"),
      import("./rows-file.ts"),
    ]);
    const flow = await load(run);
    const { value, provenance } = await flow.logProb(readRows(file, flow.shape));
    writeRows(out, makeRows(value, []), ["log_prob"]);
    const mean = value.reduce((sum, x) => sum + x, 0) / value.length;
    note(
      `log p of ${value.length} rows in ${out}; mean ${mean.toFixed(4)} nats (${provenance.kind})`,
    );
  },
};
