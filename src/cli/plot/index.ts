import type { CommandModule } from "yargs";
import { KINDS, type KindName } from "./kind-names.ts";
import { withRecords, type RecordArguments } from "../record-arguments.ts";

export interface PlotArguments extends RecordArguments {
  readonly kind: KindName | undefined;
  readonly rows: string;
  readonly cols: string;
  readonly x: string;
  readonly metric: string | undefined;
  readonly out: string | undefined;
}

export const plotCommand: CommandModule<unknown, PlotArguments> = {
  command: "plot <dirs..>",
  describe: "Draw runs and sweeps as SVG and PNG",
  builder: (args) =>
    withRecords(args)
      .option("kind", {
        choices: KINDS,
        describe: "what is drawn; without it all that there is, with --metric that",
      })
      .option("rows", {
        type: "string",
        default: "family",
        describe: "what the lines are: family, dataset or any key",
      })
      .option("cols", { type: "string", default: "dataset", describe: "what the panels are" })
      .option("x", {
        type: "string",
        default: "seconds",
        describe: "of kind metric: a key that holds numbers, or seconds, parameters, …",
      })
      .option("metric", {
        type: "string",
        describe:
          "of kind metric (test_nll) or kl-decay (kl, ratio, nonGaussianity, nonStandardness)",
      })
      .option("out", {
        type: "string",
        describe: "the files without .svg and .png (default DIR/derived/KIND)",
      })
      .example("$0 plot runs/depth --kind metric --x family.layers --metric kl", "")
      .example("$0 plot runs/kl --kind kl-decay --cols data.dim", ""),
  async handler(args) {
    const { plot } = await import("./plot.ts");
    await plot(args);
  },
};
