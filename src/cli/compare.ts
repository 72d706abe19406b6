import type { CommandModule } from "yargs";

export interface CompareArguments {
  readonly a: string;
  readonly b: string;
  readonly force: boolean;
  readonly json: boolean;
}

export const compareCommand: CommandModule<unknown, CompareArguments> = {
  command: "compare <a> <b>",
  describe: "Two runs or sweeps side by side, with tests of their differences",
  builder: (args) =>
    args
      .positional("a", { type: "string", demandOption: true, describe: "folder of a run or sweep" })
      .positional("b", { type: "string", demandOption: true, describe: "another" })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "also what is not comparable, without tests",
      })
      .option("json", { type: "boolean", default: false, describe: "an object per configuration" })
      .example("$0 compare runs/affine runs/spline", ""),
  async handler(args) {
    const { compare } = await import("./do-compare.ts");
    compare(args);
  },
};
