import type { CommandModule } from "yargs";
import type { LogprobRequest } from "./write-logprob.ts";

export const logprobCommand: CommandModule<unknown, LogprobRequest> = {
  command: "logprob <run> <file>",
  describe: "log p of the rows of a file under a trained flow, nats, in the units of its data",
  builder: (args) =>
    args
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .positional("file", {
        type: "string",
        demandOption: true,
        describe:
          "table or .npy, also .gz; columns by the header's names, else in the model's order or the run's file's",
      })
      .option("context", {
        type: "string",
        describe:
          "file with the condition of each row, or one for all; else columns of FILE itself",
      })
      .option("out", {
        type: "string",
        demandOption: true,
        describe: "FILE.npy (a value per row) or FILE.csv (row number from 0, value)",
      }),
  async handler(asked) {
    const { writeLogprob } = await import("./write-logprob.ts");
    await writeLogprob(asked);
  },
};
